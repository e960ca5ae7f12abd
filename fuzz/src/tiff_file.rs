//! Writes TIFF files as they are asked for, right or wrong. An encoder would write right ones only.

/// TIFF's numbers for the types of values.
pub const ASCII: u16 = 2;
pub const SHORT: u16 = 3;
pub const LONG: u16 = 4;
pub const RATIONAL: u16 = 5;
pub const UNDEFINED: u16 = 7;

/// A tag of a page.
#[derive(Debug, Clone)]
pub struct Field {
    pub tag: u16,
    pub field_type: u16,
    /// Values that the tag claims to have.
    pub count: u64,
    /// The bytes that it has, in the file's byte order.
    pub value: Vec<u8>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    pub is_big_endian: bool,
    /// Eight-byte offsets, version 43.
    pub is_big_tiff: bool,
}

impl Layout {
    /// Where the data are: right behind the header, so that strips have offsets known beforehand.
    pub fn data_offset(self) -> u32 {
        if self.is_big_tiff { 16 } else { 8 }
    }

    /// The file with these pages and these data.
    pub fn file(self, pages: &[Vec<Field>], data: &[u8]) -> Vec<u8> {
        let mut file: Vec<u8> = if self.is_big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        if self.is_big_tiff {
            file.extend([self.number(43, 2), self.number(8, 2), self.number(0, 2)].concat());
        } else {
            file.extend(self.number(42, 2));
        }
        let mut link = file.len(); // where the next directory's offset belongs
        file.extend(self.number(0, self.word()));
        file.extend(data);
        for fields in pages {
            let here = self.number(file.len() as u64, self.word());
            file[link..link + self.word()].copy_from_slice(&here);
            link = self.push_directory(&mut file, fields);
        }
        file
    }

    fn push_directory(self, file: &mut Vec<u8>, fields: &[Field]) -> usize {
        let count_size = if self.is_big_tiff { 8 } else { 2 };
        let entry_size = 4 + 2 * self.word();
        let link = file.len() + count_size + fields.len() * entry_size;
        let values_offset = link + self.word();
        let mut values: Vec<u8> = Vec::new();
        file.extend(self.number(fields.len() as u64, count_size));
        for Field { tag, field_type, count, value } in fields {
            file.extend(self.number((*tag).into(), 2));
            file.extend(self.number((*field_type).into(), 2));
            file.extend(self.number(*count, self.word()));
            if value.len() <= self.word() {
                let mut inline = value.clone();
                inline.resize(self.word(), 0);
                file.extend(inline);
            } else {
                file.extend(self.number((values_offset + values.len()) as u64, self.word()));
                values.extend(value);
            }
        }
        file.extend(self.number(0, self.word()));
        file.extend(values);
        link
    }

    fn word(self) -> usize {
        if self.is_big_tiff { 8 } else { 4 }
    }

    fn number(self, value: u64, size: usize) -> Vec<u8> {
        if self.is_big_endian {
            value.to_be_bytes()[8 - size..].to_vec()
        } else {
            value.to_le_bytes()[..size].to_vec()
        }
    }

    /// A tag of 16-bit numbers.
    pub fn shorts(self, tag: u16, values: &[u16]) -> Field {
        let value = values.iter().flat_map(|value| self.number((*value).into(), 2)).collect();
        Field { tag, field_type: SHORT, count: values.len() as u64, value }
    }

    /// A tag of 32-bit numbers.
    pub fn longs(self, tag: u16, values: &[u32]) -> Field {
        let value = values.iter().flat_map(|value| self.number((*value).into(), 4)).collect();
        Field { tag, field_type: LONG, count: values.len() as u64, value }
    }

    /// A tag of one fraction.
    pub fn fraction(self, tag: u16, numerator: u32, denominator: u32) -> Field {
        let value = [numerator, denominator].map(|part| self.number(part.into(), 4)).concat();
        Field { tag, field_type: RATIONAL, count: 1, value }
    }
}

/// Columns and rows of the small images that headers are put into.
pub const SMALL_PX: [u16; 2] = [64, 48];

/// A gradient, an 8-bit value a pixel.
pub fn small_pixels() -> Vec<u8> {
    let [width, height] = SMALL_PX.map(usize::from);
    (0..width * height).map(|i| (i % width * 3 + i / width) as u8).collect()
}

/// What the page of a small image needs.
pub fn small_page(layout: Layout) -> Vec<Field> {
    let [width, height] = SMALL_PX;
    vec![
        layout.shorts(256, &[width]),
        layout.shorts(257, &[height]),
        layout.shorts(258, &[8]),
        layout.shorts(259, &[1]),
        layout.shorts(262, &[1]),
        layout.longs(273, &[layout.data_offset()]),
        layout.shorts(277, &[1]),
        layout.shorts(278, &[height]),
        layout.longs(279, &[u32::from(width) * u32::from(height)]),
        layout.fraction(282, 25, 1),
        layout.fraction(283, 25, 1),
    ]
}

/// A valid file of a small image.
pub fn small() -> Vec<u8> {
    let layout = Layout::default();
    layout.file(&[small_page(layout)], &small_pixels())
}

/// The same with a header in `tag`.
pub fn small_with(tag: u16, value: &[u8]) -> Vec<u8> {
    let layout = Layout::default();
    let field_type = if tag == 270 { ASCII } else { UNDEFINED };
    let header = Field { tag, field_type, count: value.len() as u64, value: value.to_vec() };
    let mut page = small_page(layout);
    page.push(header);
    page.sort_by_key(|field| field.tag);
    layout.file(&[page], &small_pixels())
}

/// Tags that hold a vendor's header; the first byte of an input of `tiff_tags` counts from 0 here.
pub const HEADER_TAGS: [u16; 10] =
    [34118, 34119, 51023, 34682, 34680, 34683, 50431, 37500, 270, 33560];

/// Tags that the reading of pixels looks at; an input of `tiff_structure` counts from 0 here.
pub const STRUCTURE_TAGS: [u16; 27] = [
    254, 255, 256, 257, 258, 259, 262, 266, 270, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320,
    322, 323, 324, 325, 338, 339, 347,
];
