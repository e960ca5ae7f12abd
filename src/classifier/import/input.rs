//! What kind of picture a network takes.

use super::NetworkFacts;
use crate::classifier::Layout;
use crate::classifier::engine::OnnxInput;

/// The input as far as graph and facts tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InputKind {
    pub layout: Layout,
    pub channels: usize,
    /// `None` where the graph leaves it open and nobody said it.
    pub size_px: Option<u32>,
}

impl InputKind {
    /// The input's shape, for one picture of `size_px`.
    pub(super) fn shape(self, size_px: u32) -> [usize; 4] {
        self.layout.shape(self.channels, size_px)
    }
}

/// Brings together what the graph says of its input and what was said of it.
///
/// # Errors
/// Gives the reason where they differ, or where no picture can be given.
pub(super) fn input_kind(input: &OnnxInput, facts: &NetworkFacts) -> Result<InputKind, String> {
    let [batch, axes @ ..] = input.axes.as_slice() else {
        return Err(format!("its input {:?} has no shape", input.name));
    };
    let &[first, second, third] = axes else {
        return Err(format!(
            "its input {:?} has {} axes; a picture has 4 (count, channels, rows, columns)",
            input.name,
            input.axes.len()
        ));
    };
    if let Some(count @ 2..) = batch {
        return Err(format!(
            "it takes {count} pictures at once; save it for one, or for any number"
        ));
    }
    let is_channels = |axis: Option<u64>| matches!(axis, Some(1 | 3));
    let layout = match facts.layout {
        Some(layout) => layout,
        None if is_channels(third) && !is_channels(first) => Layout::Nhwc,
        None => Layout::Nchw,
    };
    let (channels, rows, columns) = match layout {
        Layout::Nchw => (first, second, third),
        Layout::Nhwc => (third, first, second),
    };
    if rows.zip(columns).is_some_and(|(rows, columns)| rows != columns) {
        return Err(format!("its input is {} pixels; only squares can be given", described(input)));
    }
    let channels = agreed("channels", channels, facts.channels.map(|count| count as u64))?;
    let size = agreed("pixels a side", rows.or(columns), facts.input_size_px.map(u64::from))?;
    let size_px = size
        .map(|size| u32::try_from(size).map_err(|_| format!("its input is {size} pixels wide")))
        .transpose()?;
    Ok(InputKind { layout, channels: channels.unwrap_or(3) as usize, size_px })
}

fn agreed(what: &str, graph: Option<u64>, said: Option<u64>) -> Result<Option<u64>, String> {
    match (graph, said) {
        (Some(graph), Some(said)) if graph != said => {
            Err(format!("it takes {graph} {what}, and {said} were said"))
        }
        _ => Ok(graph.or(said)),
    }
}

/// The axes for people, `?` where the length is open.
fn described(input: &OnnxInput) -> String {
    let axes = input.axes.iter();
    let axes: Vec<String> =
        axes.map(|axis| axis.map_or_else(|| "?".to_owned(), |length| length.to_string())).collect();
    axes.join(" × ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(axes: &[Option<u64>], facts: &NetworkFacts) -> Result<InputKind, String> {
        let input = OnnxInput { name: "x".to_owned(), axes: axes.to_vec() };
        input_kind(&input, facts)
    }

    #[test]
    fn layout_channels_and_size_are_read_from_the_shape() {
        let facts = NetworkFacts::default();
        let [nchw, nhwc] = [Layout::Nchw, Layout::Nhwc];
        for (axes, layout, channels, size_px) in [
            ([None, Some(3), Some(224), Some(224)], nchw, 3, Some(224)),
            ([Some(1), Some(1), Some(99), None], nchw, 1, Some(99)),
            ([Some(1), Some(299), Some(299), Some(3)], nhwc, 3, Some(299)),
            ([None, None, None, Some(3)], nhwc, 3, None),
            ([None; 4], nchw, 3, None),
        ] {
            let expected = InputKind { layout, channels, size_px };
            assert_eq!(kind(&axes, &facts), Ok(expected), "{axes:?}");
        }
    }

    #[test]
    fn what_was_said_fills_what_is_open_and_must_not_differ() {
        let facts = NetworkFacts { input_size_px: Some(64), ..Default::default() };
        assert_eq!(kind(&[None; 4], &facts).unwrap().size_px, Some(64));
        let reason = kind(&[None, Some(3), Some(32), Some(32)], &facts).unwrap_err();
        assert!(reason.contains("32") && reason.contains("64"), "{reason}");
    }

    #[test]
    fn what_takes_no_single_square_picture_is_refused() {
        let facts = NetworkFacts::default();
        for (axes, word) in [
            (vec![], "no shape"),
            (vec![None, Some(784)], "2 axes"),
            (vec![Some(8), Some(3), Some(32), Some(32)], "8 pictures"),
            (vec![None, Some(3), Some(32), Some(64)], "squares"),
        ] {
            let reason = kind(&axes, &facts).unwrap_err();
            assert!(reason.contains(word), "{word}: {reason}");
        }
    }
}
