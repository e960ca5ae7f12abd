//! Design tokens: every colour and font of the window, and the sizes that its parts share.

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke,
    Style, SurrenderFocusOn, TextStyle, Theme, ThemePreference, Ui, Visuals, vec2,
};

use crate::settings::{Settings, ThemeChoice};
use crate::taxonomy::Rgb;

/// Name of the semi-bold font family.
const STRONG: &str = "strong";
/// Name of the font that the icons are in.
const ICONS: &str = "Phosphor";

/// Colours and sizes of one theme.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens {
    /// Behind everything.
    pub background: Color32,
    /// Side panels, bars.
    pub panel: Color32,
    /// Buttons, fields, empty thumbnails.
    pub control: Color32,
    /// Boxes to tick, rails of sliders.
    pub mark: Color32,
    /// Controls under the pointer.
    pub control_hovered: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Ordinary text.
    pub text: Color32,
    /// Captions and units.
    pub text_weak: Color32,
    /// The one accent: selection, primary buttons, progress.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Background of what is selected.
    pub selected: Color32,
    /// Errors.
    pub error: Color32,
    /// Warnings.
    pub warning: Color32,
}

const DARK: Tokens = Tokens {
    background: Color32::from_rgb(0x12, 0x14, 0x18),
    panel: Color32::from_rgb(0x1a, 0x1d, 0x22),
    control: Color32::from_rgb(0x2a, 0x2e, 0x36),
    mark: Color32::from_rgb(0x44, 0x4b, 0x57),
    control_hovered: Color32::from_rgb(0x38, 0x3d, 0x47),
    line: Color32::from_rgb(0x30, 0x35, 0x3d),
    text: Color32::from_rgb(0xe4, 0xe7, 0xeb),
    text_weak: Color32::from_rgb(0x9b, 0xa3, 0xae),
    accent: Color32::from_rgb(0x3d, 0xb8, 0xa9),
    on_accent: Color32::from_rgb(0x06, 0x1c, 0x1a),
    selected: Color32::from_rgb(0x1f, 0x3d, 0x3c),
    error: Color32::from_rgb(0xf0, 0x7a, 0x72),
    warning: Color32::from_rgb(0xe5, 0xb4, 0x54),
};

const LIGHT: Tokens = Tokens {
    background: Color32::from_rgb(0xdf, 0xe3, 0xe8),
    panel: Color32::from_rgb(0xf8, 0xf9, 0xfa),
    control: Color32::from_rgb(0xe9, 0xec, 0xf0),
    mark: Color32::from_rgb(0xb4, 0xbc, 0xc7),
    control_hovered: Color32::from_rgb(0xd8, 0xdd, 0xe3),
    line: Color32::from_rgb(0xd2, 0xd7, 0xde),
    text: Color32::from_rgb(0x1b, 0x20, 0x27),
    text_weak: Color32::from_rgb(0x52, 0x5c, 0x69),
    accent: Color32::from_rgb(0x0b, 0x79, 0x6d),
    on_accent: Color32::WHITE,
    selected: Color32::from_rgb(0xcf, 0xe8, 0xe4),
    error: Color32::from_rgb(0xb3, 0x2d, 0x26),
    warning: Color32::from_rgb(0x8f, 0x5b, 0x00),
};

/// Behind the single image, in both themes: grey values are judged against black.
pub(super) const IMAGE_BACKGROUND: Color32 = Color32::from_rgb(0x0b, 0x0c, 0x0e);
/// Behind text and scale bar that lie on an image.
pub(super) const IMAGE_PLATE: Color32 = Color32::from_black_alpha(190);
/// Text and scale bar on an image.
pub(super) const ON_IMAGE: Color32 = Color32::WHITE;
/// Behind a question that fills the window: what is there shows through, but is not for now.
pub(super) const VEIL: Color32 = Color32::from_black_alpha(96);
/// Space within a thing, as between a dot and its name.
pub(super) const TIGHT_GAP: f32 = 4.0;
/// Space between neighbours.
pub(super) const GAP: f32 = 8.0;
/// Space between groups.
pub(super) const GROUP_GAP: f32 = 16.0;
/// Rounding of thumbnails and chips.
pub(super) const RADIUS: u8 = 4;
/// Width of the left panel, and where there is little room.
pub(super) const SIDEBAR_WIDTH: f32 = 232.0;
pub(super) const NARROW_SIDEBAR_WIDTH: f32 = 184.0;
/// Width of the right panel, and where there is little room.
pub(super) const INSPECTOR_WIDTH: f32 = 300.0;
pub(super) const NARROW_INSPECTOR_WIDTH: f32 = 252.0;
/// With less width for the images, the right panel makes room.
pub(super) const LEAST_MIDDLE_WIDTH: f32 = 320.0;
/// Text sizes in points.
const SMALL: f32 = 11.5;
const BODY: f32 = 13.0;
const HEADING: f32 = 19.0;
const ICON: f32 = 16.0;

impl Tokens {
    /// The tokens of the theme in use.
    pub(super) fn of(ui: &Ui) -> &'static Self {
        if ui.visuals().dark_mode { &DARK } else { &LIGHT }
    }
}

/// Semi-bold text of body size.
pub(super) fn strong() -> FontId {
    FontId::new(BODY, FontFamily::Name(STRONG.into()))
}

/// Semi-bold text of small size, for captions.
pub(super) fn caption() -> FontId {
    FontId::new(SMALL, FontFamily::Name(STRONG.into()))
}

/// Ordinary text of small size.
pub(super) fn small() -> FontId {
    FontId::new(SMALL, FontFamily::Proportional)
}

/// Icons that stand alone.
pub(super) fn icon_font() -> FontId {
    FontId::new(ICON, FontFamily::Proportional)
}

/// A category's colour on screen.
pub(super) fn category_color(rgb: Rgb) -> Color32 {
    Color32::from_rgb(rgb.r, rgb.g, rgb.b)
}

/// Black or white, whichever is easier to read on `background`.
pub(super) fn text_on(background: Color32) -> Color32 {
    let [black, white] = [Color32::BLACK, Color32::WHITE].map(|ink| contrast(ink, background));
    if black >= white { Color32::BLACK } else { Color32::WHITE }
}

/// Contrast ratio of WCAG 2, from 1 to 21.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |color: Color32| {
        let linear = |value: u8| {
            let v = f64::from(value) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Theme and size as they were chosen.
pub(super) fn follow(context: &Context, settings: &Settings) {
    context.set_theme(match settings.theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
    context.set_zoom_factor(f32::from(settings.scale_percent) / 100.0);
}

/// Sets fonts and both themes, once.
pub(super) fn install(context: &Context) {
    // The size is a setting, so that it is kept and has limits.
    context.options_mut(|options| {
        options.zoom_with_keyboard = false;
        // Whoever drags over images has done with the field: the next key labels.
        options.input_options.surrender_focus_on = SurrenderFocusOn::Presses;
    });
    context.set_fonts(fonts());
    for (theme, tokens) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        context.style_mut_of(theme, |style| apply(style, theme, tokens));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let own: [(&str, &'static [u8]); 3] = [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        (ICONS, include_bytes!("../../assets/fonts/Phosphor-subset.ttf")),
    ];
    for (name, bytes) in own {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // egui's own fonts stay behind as a reserve for symbols that Inter lacks.
    let reserve = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, name) in
        [(FontFamily::Proportional, "Inter"), (FontFamily::Name(STRONG.into()), "Inter SemiBold")]
    {
        // Before egui's own, which have other signs at the icons' places.
        let mut names = vec![name.to_owned(), ICONS.to_owned()];
        names.extend(reserve.iter().cloned());
        fonts.families.insert(family, names);
    }
    fonts
}

fn apply(style: &mut Style, theme: Theme, tokens: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, FontId::new(SMALL, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(BODY, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(BODY, FontFamily::Proportional)),
        (TextStyle::Heading, FontId::new(HEADING, FontFamily::Name(STRONG.into()))),
        (TextStyle::Monospace, FontId::new(BODY, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = vec2(GAP, 6.0);
    style.spacing.button_padding = vec2(10.0, 5.0);
    style.spacing.interact_size.y = 26.0;
    style.spacing.window_margin = Margin::same(16);

    let mut visuals = if theme == Theme::Dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(RADIUS);
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.extreme_bg_color = tokens.background;
    visuals.faint_bg_color = tokens.control;
    visuals.selection.bg_fill = tokens.selected;
    visuals.selection.stroke = Stroke::new(1.0, tokens.accent);
    visuals.hyperlink_color = tokens.accent;
    visuals.error_fg_color = tokens.error;
    visuals.warn_fg_color = tokens.warning;
    let widgets = &mut visuals.widgets;
    for (state, fill, text) in [
        (&mut widgets.noninteractive, tokens.panel, tokens.text),
        (&mut widgets.inactive, tokens.control, tokens.text),
        (&mut widgets.hovered, tokens.control_hovered, tokens.text),
        (&mut widgets.active, tokens.control_hovered, tokens.text),
        (&mut widgets.open, tokens.control, tokens.text),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.fg_stroke = Stroke::new(1.0, text);
        state.bg_stroke = Stroke::NONE;
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    // What these are on must show where there is no text in them.
    widgets.inactive.bg_fill = tokens.mark;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, tokens.line);
    widgets.active.bg_stroke = Stroke::new(1.0, tokens.accent);
    style.visuals = visuals;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_contrast_that_wcag_aa_asks_for() {
        for tokens in [DARK, LIGHT] {
            for (text, behind) in [
                (tokens.text, tokens.panel),
                (tokens.text, tokens.control_hovered),
                (tokens.text, tokens.selected),
                (tokens.text_weak, tokens.panel),
                (tokens.text_weak, tokens.background),
                (tokens.on_accent, tokens.accent),
                (tokens.error, tokens.panel),
                (tokens.warning, tokens.panel),
            ] {
                assert!(contrast(text, behind) >= 4.5, "{text:?} on {behind:?}");
            }
        }
    }
    #[test]
    fn ink_on_every_colour_of_a_category_can_be_read() {
        for color in crate::taxonomy::PALETTE.map(category_color) {
            assert!(contrast(text_on(color), color) >= 4.5, "{color:?}");
        }
    }

    #[test]
    fn every_icon_is_in_the_font() {
        let context = Context::default();
        install(&context);
        // The first frame takes the fonts into use.
        let output = context.run_ui(egui::RawInput::default(), |ui| {
            let font = FontId::new(BODY, FontFamily::Proportional);
            for icon in super::super::icons::ALL {
                assert!(ui.fonts_mut(|fonts| fonts.has_glyphs(&font, icon)), "{icon:?}");
            }
        });
        output.drop_without_applying_deltas();
    }
}
