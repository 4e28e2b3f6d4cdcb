//! A text that no log shows.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A password or a key; printing it for debugging shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

/// So that no configuration that is printed shows it.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("(not shown)")
    }
}

impl Secret {
    /// Wraps it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Written by hand, because the usual complaint about a number where a text belongs repeats it.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Secret;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Secret, E> {
        Err(not_text())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Secret, E> {
        Err(not_text())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Secret, E> {
        Err(not_text())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Secret, E> {
        Err(not_text())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Secret, E> {
        Err(not_text())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Secret, E> {
        Err(not_text())
    }
}

fn not_text<E: Error>() -> E {
    E::custom("a secret must be a text; put it in quotes, also in the environment")
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_text_alone_and_never_told() {
        let read = |json: &str| serde_json::from_str::<Secret>(json);
        assert_eq!(
            read("\"hunter22222\"").ok(),
            Some(Secret::new("hunter22222"))
        );
        for wrong in ["1234567890", "-5", "1.5", "true", "[\"hunter22222\"]"] {
            let error = read(wrong)
                .map(|_| ())
                .expect_err("it is no text")
                .to_string();
            assert!(
                !error.contains("12345") && !error.contains("hunter"),
                "{error}"
            );
        }
        assert_eq!(format!("{:?}", Secret::new("hunter22222")), "[redacted]");
    }
}
