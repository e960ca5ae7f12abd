//! Noise with a wavelength in nanometres: roughness, cells, blotches.

use fastnoise_lite::{
    CellularDistanceFunction, CellularReturnType, FastNoiseLite, FractalType, NoiseType,
};

use super::dice::Dice;
use super::relief::Relief;

/// A random field over the specimen.
pub struct Texture {
    noise: FastNoiseLite,
}

impl Texture {
    /// Soft hills, −1 to 1; each further octave adds half as much at half the wavelength.
    pub fn hills(dice: &mut Dice, wavelength_nm: f32, octaves: i32) -> Self {
        let mut noise = FastNoiseLite::with_seed(dice.bits() as i32);
        noise.set_noise_type(Some(NoiseType::OpenSimplex2));
        noise.set_frequency(Some(1.0 / wavelength_nm));
        if octaves > 1 {
            noise.set_fractal_type(Some(FractalType::FBm));
            noise.set_fractal_octaves(Some(octaves));
        }
        Self { noise }
    }

    /// Irregular cells about `size_nm` wide: 0 on a border, growing to about 1 inside.
    pub fn cell_borders(dice: &mut Dice, size_nm: f32) -> Self {
        // `Distance2Sub` starts at −1 on a border.
        Self::cells(dice, size_nm, CellularReturnType::Distance2Sub)
    }

    /// One number, −1 to 1, a cell; dice in the same state give the cells of `cell_borders`.
    pub fn cell_values(dice: &mut Dice, size_nm: f32) -> Self {
        Self::cells(dice, size_nm, CellularReturnType::CellValue)
    }

    fn cells(dice: &mut Dice, size_nm: f32, returned: CellularReturnType) -> Self {
        let mut noise = FastNoiseLite::with_seed(dice.bits() as i32);
        noise.set_noise_type(Some(NoiseType::Cellular));
        noise.set_cellular_distance_function(Some(CellularDistanceFunction::Euclidean));
        noise.set_cellular_return_type(Some(returned));
        noise.set_frequency(Some(1.0 / size_nm));
        Self { noise }
    }

    pub fn at(&self, x_nm: f32, y_nm: f32) -> f32 {
        self.noise.get_noise_2d(x_nm, y_nm)
    }

    /// For `cell_borders`: distance from the border in cell sizes, 0 on it.
    pub fn border_distance(&self, x_nm: f32, y_nm: f32) -> f32 {
        self.at(x_nm, y_nm) + 1.0
    }
}

impl Relief {
    /// Makes everything rough. Does nothing if the picture cannot resolve it.
    pub fn roughen(&mut self, dice: &mut Dice, wavelength_nm: f32, amplitude_nm: f32) {
        let texture = Texture::hills(dice, wavelength_nm, 2);
        if wavelength_nm < 2.5 * self.view.nm_per_px {
            return;
        }
        self.change_all(|x, y, height, electron_yield| {
            (height + amplitude_nm * texture.at(x, y), electron_yield)
        });
    }
}
