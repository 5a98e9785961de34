//! Processes eight bytes at a time: without optimisation, as in macros, each byte would cost as much as a whole word.

/// Returns the number of bytes from `at` on that are of one kind. `others` marks the other bytes, in the highest bit of
/// each byte. The marks need to be exact only up to the first one.
pub(super) fn leading(bytes: &[u8], at: usize, others: fn(u64) -> u64) -> usize {
    let mut length = 0;
    while let Some(eight) = bytes.get(at + length..).and_then(|rest| rest.first_chunk::<8>()) {
        let marks = others(u64::from_le_bytes(*eight));
        if marks != 0 {
            return length + (marks.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes.get(at + length..).unwrap_or_default();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    // Padding after the end is neither a space nor text.
    let marks = others(u64::from_le_bytes(last));
    length + (marks.trailing_zeros() / 8) as usize
}

/// Returns whether a text has none of the characters that YAML does not allow, or that some readers take for white space or
/// line breaks.
pub(super) fn is_ordinary(text: &str) -> bool {
    let mut foreign = false;
    let mut rest = text.as_bytes();
    while let Some((eight, more)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        if control(word) != 0 && !eight.iter().all(|&byte| is_printable(byte)) {
            return false;
        }
        foreign |= word & HIGH != 0;
        rest = more;
    }
    foreign |= !rest.is_ascii();
    rest.iter().all(|&byte| is_printable(byte)) && (!foreign || text.chars().all(is_text))
}

/// Marks line feeds and bytes that are not printable.
fn control(word: u64) -> u64 {
    (word.wrapping_sub(all(b' ')) & !word & HIGH) | zeros(word ^ all(0x7f))
}

fn is_printable(byte: u8) -> bool {
    byte == b'\n' || (byte >= b' ' && byte != 0x7f)
}

fn is_text(letter: char) -> bool {
    letter.is_ascii()
        || !(letter.is_control() || letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

fn all(byte: u8) -> u64 {
    ONES * u64::from(byte)
}

/// Marks the bytes that are zero, and possibly some bytes after the first of them.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// Marks the first byte that is not a space.
pub(super) fn spaces(word: u64) -> u64 {
    let other = word ^ all(b' ');
    // The lowest bit that differs, moved to the top of its byte.
    if other == 0 {
        return 0;
    }
    0x80 << (other.trailing_zeros() / 8 * 8)
}

/// Marks the bytes that cannot appear unescaped in a JSON string: quotes, backslashes and control characters.
pub(super) fn text(word: u64) -> u64 {
    let controls = word.wrapping_sub(all(b' ')) & !word & HIGH;
    controls | zeros(word ^ all(b'"')) | zeros(word ^ all(b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the result for every byte at every position of two words with a check of each byte.
    #[test]
    fn words_say_what_bytes_say() {
        for byte in 0..=u8::MAX {
            for place in 0..17 {
                for length in place..18 {
                    let mut bytes = vec![b' '; length];
                    if let Some(at) = bytes.get_mut(place) {
                        *at = byte;
                    }
                    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
                    for at in 0..length {
                        let alone =
                            |kind: &dyn Fn(u8) -> bool| bytes[at..].iter().take_while(|&&byte| kind(byte)).count();
                        assert_eq!(leading(&bytes, at, spaces), alone(&|byte| byte == b' '));
                        assert_eq!(leading(&bytes, at, text), alone(&plain), "{bytes:?}");
                    }
                }
            }
        }
    }
}
