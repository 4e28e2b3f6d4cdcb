//! What can be done with the open items of a document: pure.

use entity::accounts::open_item;

/// Some of a document must still be owed.
///
/// # Errors
/// That all of it is settled.
pub fn check_owed(items: &[open_item::Model]) -> Result<(), &'static str> {
    if items.iter().any(|item| item.open_amount.is_positive()) {
        return Ok(());
    }
    Err("Nothing of it is open any more.")
}

/// Some of a document must still be credit on account.
///
/// # Errors
/// That all of it is used.
pub fn check_credit(items: &[open_item::Model]) -> Result<(), &'static str> {
    if items.iter().any(|item| item.open_amount.0 < 0) {
        return Ok(());
    }
    Err("Nothing of it is left: all of it was used, paid out or taken back.")
}
