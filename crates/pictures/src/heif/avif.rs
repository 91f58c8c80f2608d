//! Decodes an AVIF picture: a single one, or a grid of tiles, with its transparency.

use heifer::heifer_isobmff::boxes::Property;
use heifer::heifer_isobmff::{HeifFile, ItemId};

use super::profile::code_points;
use super::{MAX_PIXELS, Pixels, av1, container_error};
use crate::decoded::{DecodeError, fits, too_large};

/// Decodes an item coded as AV1, or composed of such items.
pub(super) fn decode(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let kind = file.item(id).map_err(container_error)?.item_type.0;
    let mut picture = match &kind {
        b"av01" => coded_item(file, id)?,
        b"grid" => grid(file, id)?,
        _ => return Err(DecodeError::Unsupported("an AVIF picture of several layers".to_owned())),
    };
    if let Some(alpha) = alpha_of(file, id)? {
        let premultiplied = !file.referenced_items(id, b"prem").is_empty();
        let alpha = if file.item(alpha).map_err(container_error)?.item_type.0 == *b"grid" {
            grid(file, alpha)?
        } else {
            coded_item(file, alpha)?
        };
        attach_alpha(&mut picture, &alpha, premultiplied)?;
    }
    for property in file.item_properties(id).map_err(container_error)? {
        picture = match *property {
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                cropped(&picture, width, height, horiz_offset, vert_offset)
            }
            Property::Rotation(quarters) if quarters > 0 => picture.rotate_ccw(quarters),
            Property::Mirror(top_bottom) => picture.mirror(top_bottom),
            _ => picture,
        };
    }
    Ok(picture)
}

fn coded_item(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let data = file.item_data(id).map_err(container_error)?;
    let code_points = code_points(file, id)?;
    let frame = av1::decode(&data, MAX_PIXELS as u32)?;
    let (width, height) = (frame.width as u32, frame.height as u32);
    Ok(Pixels { width, height, bit_depth: 8, has_alpha: false, data: frame.to_rgba(code_points) })
}

fn grid(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let grid = file.grid(id).map_err(container_error)?;
    let (width, height) = (grid.output_width, grid.output_height);
    if width == 0 || height == 0 || !fits(width, height, 3) {
        return Err(too_large(width, height, 3));
    }
    let tiles = file.referenced_items(id, b"dimg");
    let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
    if tiles.len() != columns * rows {
        return Err(DecodeError::damaged("it lacks some of its tiles"));
    }
    let mut canvas = Pixels::filled_samples(width, height, 8, [0, 0, 0, 255]);
    let mut size = None;
    for (index, &tile) in tiles.iter().enumerate() {
        let tile = coded_item(file, tile)?;
        let (tile_width, tile_height) = *size.get_or_insert((tile.width, tile.height));
        // Bounds the work: the tiles must not be larger than the area they cover requires.
        let covers = u64::from(tile_width) * columns as u64 >= u64::from(width)
            && u64::from(tile_height) * rows as u64 >= u64::from(height)
            && u64::from(tile_width) * (columns as u64 - 1) < u64::from(width)
            && u64::from(tile_height) * (rows as u64 - 1) < u64::from(height);
        if (tile.width, tile.height) != (tile_width, tile_height) || !covers {
            return Err(DecodeError::damaged("its tiles do not fit together"));
        }
        let (x, y) = ((index % columns) as i64, (index / columns) as i64);
        canvas.draw(&tile, x * i64::from(tile_width), y * i64::from(tile_height));
    }
    Ok(canvas)
}

/// The item with the alpha channel of `id`.
fn alpha_of(file: &HeifFile<'_>, id: ItemId) -> Result<Option<ItemId>, DecodeError> {
    const ALPHA: [&str; 2] = ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"];
    for auxiliary in file.referencing_items(id, b"auxl") {
        let mut properties = file.item_properties(auxiliary).map_err(container_error)?;
        if properties.any(
            |property| matches!(property, Property::AuxiliaryType(kind) if ALPHA.contains(&kind.as_str())),
        ) {
            return Ok(Some(auxiliary));
        }
    }
    Ok(None)
}

fn attach_alpha(picture: &mut Pixels, alpha: &Pixels, premultiplied: bool) -> Result<(), DecodeError> {
    if (alpha.width, alpha.height) != (picture.width, picture.height) {
        return Err(DecodeError::damaged("its alpha channel has another size"));
    }
    picture.has_alpha = true;
    for (pixel, alpha) in picture.data.as_chunks_mut::<4>().0.iter_mut().zip(alpha.data.as_chunks::<4>().0) {
        pixel[3] = alpha[0];
        if premultiplied && alpha[0] > 0 {
            let alpha = u32::from(alpha[0]);
            pixel[..3]
                .iter_mut()
                .for_each(|value| *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8);
        }
    }
    Ok(())
}

/// Crops to the clean aperture; its centre is an offset from the centre of the picture.
fn cropped(
    picture: &Pixels,
    width: (u32, u32),
    height: (u32, u32),
    across: (i32, u32),
    down: (i32, u32),
) -> Pixels {
    if [width.1, height.1, across.1, down.1].contains(&0) {
        return picture.clone();
    }
    let ratio = |(over, under): (u32, u32)| f64::from(over) / f64::from(under);
    let offset = |(over, under): (i32, u32)| f64::from(over) / f64::from(under);
    let (wide, high) = (ratio(width), ratio(height));
    let left = offset(across) + (f64::from(picture.width) - wide) / 2.0;
    let top = offset(down) + (f64::from(picture.height) - high) / 2.0;
    picture.crop(
        left.round().max(0.0) as u32,
        top.round().max(0.0) as u32,
        wide.round() as u32,
        high.round() as u32,
    )
}
