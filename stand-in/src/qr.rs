use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, QrCode};

const MODULE_PIXELS: usize = 6;
// The light border, in modules, that the standard asks for around the symbol.
const QUIET_ZONE: usize = 4;

const LIGHT: u8 = 255;
const DARK: u8 = 0;

/// The text as a QR code: a PNG image in base64. None if it is too long.
pub(crate) fn qr_code(text: &str) -> Option<String> {
    let symbol = QrCode::new(text).ok()?;
    let modules = symbol.width();
    let side = (modules + 2 * QUIET_ZONE) * MODULE_PIXELS;

    let mut pixels = vec![LIGHT; side * side];
    for row in 0..modules {
        for column in 0..modules {
            if symbol[(column, row)] == Color::Dark {
                let left = (column + QUIET_ZONE) * MODULE_PIXELS;
                let top = (row + QUIET_ZONE) * MODULE_PIXELS;
                for line in top..top + MODULE_PIXELS {
                    let start = line * side + left;
                    pixels[start..start + MODULE_PIXELS].fill(DARK);
                }
            }
        }
    }
    image(&pixels, u32::try_from(side).ok()?)
        .ok()
        .map(|png| STANDARD.encode(png))
}

fn image(pixels: &[u8], side: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
