//! What makes two barcodes the same: pure.

use std::collections::BTreeMap;

use entity::catalog::barcode::Model;
use entity::vocab::ProductVariantId;
use unicode_normalization::UnicodeNormalization;

use crate::platform::rejection::{Path, Problem, Rejection};

/// Barcodes of one variant, at most.
pub const BARCODES_MAX: usize = 20;

/// A barcode that was given for a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Where in the input it stands.
    pub path: Path,
    /// As it is shown.
    pub code: String,
    /// As it is unique.
    pub key: String,
}

impl Code {
    /// A code as it was given, at its place.
    #[must_use]
    pub fn of(path: Path, given: &str) -> Self {
        let code = plain(given);
        let key = key(&code);
        Self { path, code, key }
    }
}

/// A code without spaces, in characters of ordinary width.
#[must_use]
pub fn plain(given: &str) -> String {
    let compatible = given.nfkc();
    let closed: String = compatible.filter(|c| !c.is_whitespace()).collect();
    closed.nfkc().collect()
}

/// The form by which a code is unique and found. Letters keep their case, for scanners tell them
/// apart. Codes of 12, 13 and 14 digits are GTINs, whose leading zeros say nothing: of all three
/// the form is that of 13, but of 14 without a leading zero.
#[must_use]
pub fn key(given: &str) -> String {
    let code = plain(given);
    let is_number = code.bytes().all(|c| c.is_ascii_digit());
    match (is_number, code.len()) {
        (true, 12) => format!("0{code}"),
        (true, 14) => code.strip_prefix('0').unwrap_or(&code).to_owned(),
        _ => code,
    }
}

/// No code is given twice, and none is another variant's. `own` is the variant that may have them.
#[must_use]
pub fn check<'c>(
    codes: impl IntoIterator<Item = &'c Code>,
    own: Option<ProductVariantId>,
    existing: &[Model],
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let mut seen: BTreeMap<&str, &Code> = BTreeMap::new();
    for code in codes {
        let others = |row: &&Model| row.code_key == code.key && Some(row.variant_id) != own;
        if let Some(rival) = existing.iter().find(others) {
            let existing = rival.variant_id.to_string();
            let field = "barcode";
            let problem = Problem::Duplicate { field, existing };
            rejections.push(Rejection::new(code.path.clone(), problem));
        }
        if seen.insert(&code.key, code).is_some() {
            let message = "Is given twice here; a barcode names one variant, once.";
            rejections.push(Rejection::invalid(code.path.clone(), message));
        }
    }
    rejections
}

/// The rows of a variant's codes.
#[must_use]
pub fn rows(codes: &[Code], variant_id: ProductVariantId) -> Vec<Model> {
    let row = |(index, code): (usize, &Code)| Model {
        code_key: code.key.clone(),
        code: code.code.clone(),
        variant_id,
        position: i32::try_from(index + 1).expect("a variant has few barcodes"),
    };
    codes.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_leading_zeros_of_a_gtin_do_not_make_two_codes() {
        let one = key("036000291452");
        for same in [
            "0 36000 29145 2",
            "0036000291452",
            "00036000291452",
            "０３６０００２９１４５２",
        ] {
            assert_eq!(key(same), one, "{same}");
        }
        assert_ne!(
            key("10036000291459"),
            key("0036000291459"),
            "a carton is another thing"
        );
        assert_ne!(key("abc-1"), key("ABC-1"), "scanners tell case");
        assert_ne!(key("0123"), key("123"), "a short number is no GTIN");
        assert_eq!(plain(" AB 12\u{a0}"), "AB12");
    }

    #[test]
    fn a_code_is_given_once_and_is_nobody_elses() {
        let [own, other] = [(); 2].map(|()| ProductVariantId::generate());
        let code = |step: usize, given: &str| Code::of(Path::input().at(step), given);
        let codes = [code(0, "A1"), code(1, "B2"), code(2, "A 1")];
        let taken = rows(&[code(0, "B2")], other);
        let told = check(&codes, Some(own), &taken);
        let paths: Vec<&str> = told
            .iter()
            .map(|one| one.path.steps()[1].as_str())
            .collect();
        assert_eq!(paths, ["1", "2"]);
        assert_eq!(check(&codes[..2], Some(other), &taken), []);
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(text in "\\PC{0,70}") {
            prop_assert_eq!(plain(&plain(&text)), plain(&text));
            prop_assert_eq!(key(&plain(&text)), key(&text));
        }

        #[test]
        fn a_gtin_has_one_form_however_many_zeros(number in 0_u64..1_000_000_000_000) {
            let forms = [12, 13, 14].map(|width| key(&format!("{number:0width$}")));
            prop_assert!(forms.iter().all(|form| *form == forms[0]), "{:?}", forms);
        }
    }
}
