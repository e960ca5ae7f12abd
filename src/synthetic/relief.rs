//! The surface being looked at: a height and an electron yield for every pixel.

/// Which part of the specimen the picture shows. Nanometres, the origin in its middle, y down.
#[derive(Clone, Copy)]
pub struct View {
    pub width_px: usize,
    pub height_px: usize,
    pub nm_per_px: f32,
    /// Where the picture's middle is, for scenes that are not looked at straight on.
    pub centre_x_nm: f32,
    pub centre_y_nm: f32,
    /// How much wider than this picture the widest one of the same place is: 1, 2.5 or 6.
    pub zoom: f32,
}

impl View {
    /// Half the width of the *widest* picture of this place: a scene fills that, so that all
    /// magnifications show the same objects.
    pub fn half_width_nm(&self) -> f32 {
        self.width_px as f32 * self.nm_per_px * self.zoom / 2.0
    }

    pub fn half_height_nm(&self) -> f32 {
        self.height_px as f32 * self.nm_per_px * self.zoom / 2.0
    }
}

/// A rectangle on the specimen in nanometres, used to skip pixels that a shape cannot touch.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Bounds {
    pub fn around(x_nm: f32, y_nm: f32, reach_nm: f32) -> Self {
        Self {
            left: x_nm - reach_nm,
            top: y_nm - reach_nm,
            right: x_nm + reach_nm,
            bottom: y_nm + reach_nm,
        }
    }
}

/// What a scene is drawn into. The beam comes from above: the highest shape hides the others.
pub struct Relief {
    pub view: View,
    pub height_nm: Vec<f32>,
    /// Brightness of a flat piece of the material, about 0 to 1.
    pub electron_yield: Vec<f32>,
    /// The height over which hollows turn dark and focus is lost.
    pub depth_nm: f32,
    /// Height that is in focus, for pictures with a visibly shallow depth of field.
    pub focus_height_nm: Option<f32>,
}

impl Relief {
    pub fn new(view: View) -> Self {
        let num_px = view.width_px * view.height_px;
        Self {
            view,
            height_nm: vec![0.0; num_px],
            electron_yield: vec![0.5; num_px],
            depth_nm: 1.0,
            focus_height_nm: None,
        }
    }

    /// Moves the picture's middle away from the origin.
    pub fn look_at(&mut self, x_nm: f32, y_nm: f32) {
        self.view.centre_x_nm = x_nm;
        self.view.centre_y_nm = y_nm;
    }

    /// The height at a point, or at the pixel nearest to it if it is outside the picture.
    pub fn height_near(&self, x_nm: f32, y_nm: f32) -> f32 {
        let view = self.view;
        let nearest = |offset_nm: f32, num_px: usize| {
            let at_px = offset_nm / view.nm_per_px + num_px as f32 / 2.0;
            // A negative number becomes 0 in the cast.
            (at_px as usize).min(num_px - 1)
        };
        let column = nearest(x_nm - view.centre_x_nm, view.width_px);
        let row = nearest(y_nm - view.centre_y_nm, view.height_px);
        self.height_nm[row * view.width_px + column]
    }

    /// Gives every pixel a new height and yield.
    pub fn lay_ground(&mut self, ground: impl Fn(f32, f32) -> (f32, f32)) {
        self.change_all(|x, y, _, _| ground(x, y));
    }

    /// Changes every pixel, knowing what is there: `(x, y, height, yield)` → `(height, yield)`.
    pub fn change_all(&mut self, change: impl Fn(f32, f32, f32, f32) -> (f32, f32)) {
        let view = self.view;
        for row in 0..view.height_px {
            let y = y_of_row(&view, row);
            for column in 0..view.width_px {
                let at = row * view.width_px + column;
                let x = x_of_column(&view, column);
                (self.height_nm[at], self.electron_yield[at]) =
                    change(x, y, self.height_nm[at], self.electron_yield[at]);
            }
        }
    }

    /// Draws a shape: `surface` gives the height and yield where the shape is.
    pub fn stamp(&mut self, bounds: Bounds, surface: impl Fn(f32, f32) -> Option<(f32, f32)>) {
        self.put(bounds, surface, |new, old| new > old);
    }

    /// Makes a hole: as `stamp`, but the lowest wins.
    pub fn sink(&mut self, bounds: Bounds, surface: impl Fn(f32, f32) -> Option<(f32, f32)>) {
        self.put(bounds, surface, |new, old| new < old);
    }

    fn put(
        &mut self,
        bounds: Bounds,
        surface: impl Fn(f32, f32) -> Option<(f32, f32)>,
        wins: impl Fn(f32, f32) -> bool,
    ) {
        let view = self.view;
        let (left, right) = (bounds.left - view.centre_x_nm, bounds.right - view.centre_x_nm);
        let (top, bottom) = (bounds.top - view.centre_y_nm, bounds.bottom - view.centre_y_nm);
        let columns = px_range(left, right, view.nm_per_px, view.width_px);
        let rows = px_range(top, bottom, view.nm_per_px, view.height_px);
        for row in rows {
            let y = y_of_row(&view, row);
            for column in columns.clone() {
                let Some((height_nm, electron_yield)) = surface(x_of_column(&view, column), y)
                else {
                    continue;
                };
                let at = row * view.width_px + column;
                if wins(height_nm, self.height_nm[at]) {
                    self.height_nm[at] = height_nm;
                    self.electron_yield[at] = electron_yield;
                }
            }
        }
    }
}

fn x_of_column(view: &View, column: usize) -> f32 {
    (column as f32 + 0.5 - view.width_px as f32 / 2.0) * view.nm_per_px + view.centre_x_nm
}

fn y_of_row(view: &View, row: usize) -> f32 {
    (row as f32 + 0.5 - view.height_px as f32 / 2.0) * view.nm_per_px + view.centre_y_nm
}

/// The pixels between two coordinates that lie inside the picture.
fn px_range(low_nm: f32, high_nm: f32, nm_per_px: f32, num_px: usize) -> std::ops::Range<usize> {
    let middle_px = num_px as f32 / 2.0;
    let first_px = (low_nm / nm_per_px + middle_px).floor().max(0.0);
    let end_px = (high_nm / nm_per_px + middle_px).ceil().max(0.0);
    (first_px as usize).min(num_px)..(end_px as usize).min(num_px)
}
