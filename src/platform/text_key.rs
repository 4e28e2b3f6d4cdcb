//! Sorting and uniqueness keys of texts, made here so that both databases agree on them.

use unicode_normalization::UnicodeNormalization;

/// NFKC and case-folded: `Straße`, `STRASSE` and `ｓｔｒａｓｓｅ` have one key.
#[must_use]
pub fn text_key(text: &str) -> String {
    let compatible: String = text.trim().nfkc().collect();
    caseless::default_case_fold_str(&compatible)
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::text_key;

    #[test]
    fn width_and_case_do_not_make_two_keys() {
        assert_eq!(text_key("ＡＢＣ-１"), text_key("abc-1"));
        assert_eq!(text_key("Straße"), text_key("STRASSE"));
        assert_ne!(text_key("a"), text_key("b"));
    }
}
