//! Prices of quotations: how long they hold, and how they are fixed anew. Pure.

use chrono::NaiveDate;
use entity::sales::sales_order_line;
use entity::vocab::PriceSource;

use crate::catalog::price_list::rules::Quote;
use crate::catalog::product::store::CountedVariant;
use crate::platform::rejection::{Path, Rejection};
use crate::sales::order::pricing::{self, Frame, References};

/// The last day of a quotation is not before its date.
#[must_use]
pub fn check_validity(valid_until: Option<NaiveDate>, date: NaiveDate) -> Option<Rejection> {
    valid_until.filter(|last| *last < date).map(|_| {
        let message = format!("Must not be earlier than the order's date, {date}.");
        Rejection::invalid(Path::input().at("validUntil"), message)
    })
}

/// Puts a price on a line, and where it came from.
pub(super) fn take_quote(line: &mut sales_order_line::Model, quote: Quote) {
    line.unit_price = quote.unit_price;
    line.price_source = quote.source;
    line.price_list_id = quote.price_list_id;
}

/// Fixes the prices of a draft's lines anew, but those the caller gave, and their taxes.
///
/// # Errors
/// What has no price.
pub fn reprice(
    lines: &mut [sales_order_line::Model],
    found: &References,
    frame: Frame,
) -> Result<(), Vec<Rejection>> {
    let path = Path::input().at("salesOrder");
    let mut rejections = Vec::new();
    for line in lines {
        let is_it = |row: &&CountedVariant| row.variant.id == line.variant_id;
        let Some(counted) = found.variants.iter().find(is_it) else {
            continue;
        };
        if line.price_source != PriceSource::Given {
            match frame.quote(&found.prices, counted, line.quantity) {
                Some(quote) => take_quote(line, quote),
                None => rejections.push(pricing::no_price(path.clone(), counted, frame)),
            }
        }
        let tax = frame.tax(&found.tax_rates, counted);
        (line.tax_class_id, line.tax_rate) = (tax.class, tax.rate);
        match pricing::amounts_of(line, frame.prices_include_tax, frame.currency) {
            Some(amounts) => {
                (line.net, line.tax, line.gross) = (amounts.net, amounts.tax, amounts.gross);
            }
            None => rejections.push(pricing::too_large(path.clone())),
        }
    }
    if rejections.is_empty() {
        Ok(())
    } else {
        Err(rejections)
    }
}
