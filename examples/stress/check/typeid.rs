//! Ids as the API writes them: a word, `_`, and 26 characters that are the 128 bits of a UUID.

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The UUID of an id; nothing when it is none.
pub fn uuid(id: &str) -> Option<Uuid> {
    let (_, letters) = id.rsplit_once('_')?;
    if letters.len() != 26 {
        return None;
    }
    let mut bits: u128 = 0;
    for letter in letters.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | value as u128;
    }
    Some(Uuid::from_u128(bits))
}
