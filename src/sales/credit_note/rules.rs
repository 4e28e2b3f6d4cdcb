//! How much of an invoice's lines can be taken back, and what it comes to: pure.

use entity::sales::{credit_note_line, invoice, invoice_line};
use entity::vocab::{
    Amount, CreditNoteId, CreditNoteLineId, CurrencyCode, InvoiceLineId, InvoiceStatus, Quantity,
};

use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_minor_unit, check_unit};
use crate::platform::rejection::{Path, Problem, Rejection};

/// What is to be taken back of a line.
#[derive(Clone, Copy, Debug)]
pub struct CreditLine {
    /// The invoice line; none when its id was not readable.
    pub line_id: Option<InvoiceLineId>,
    /// How much of its quantity.
    pub quantity: Option<Quantity>,
    /// How much of its gross, where the quantity stays.
    pub amount: Option<Amount>,
}

/// Only an invoice that is not void can be credited.
///
/// # Errors
/// Why not.
pub fn check_state(invoice: &invoice::Model) -> Result<(), Rejection> {
    if invoice.status == InvoiceStatus::Posted {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: invoice.status.as_str(),
        allowed: &["invoicePost"],
        message: "All of this invoice is credited already.".to_owned(),
    };
    Err(Rejection::new(Path::input().at("invoice"), problem))
}

/// The lines of a credit note; what they credit is noted on the invoice's lines.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn credit(
    id: CreditNoteId,
    (wanted, variants): (Option<&[CreditLine]>, &[CountedVariant]),
    lines: &mut [invoice_line::Model],
    currency: CurrencyCode,
) -> Result<Vec<credit_note_line::Model>, Vec<Rejection>> {
    let mut rows = Vec::new();
    let mut rejections = Vec::new();
    let Some(wanted) = wanted else {
        for line in lines.iter_mut().filter(|line| !is_credited(line)) {
            rows.push(take(id, rows.len(), line, rest(line)));
        }
        return Ok(rows);
    };
    for (index, one) in wanted.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let Some(line_id) = one.line_id else { continue };
        let Some(line) = lines.iter_mut().find(|line| line.id == line_id) else {
            let problem = Problem::NotFound("line of this invoice");
            rejections.push(Rejection::new(path.at("line"), problem));
            continue;
        };
        if let Err(reason) = check_quantity(one, line, variants, &path) {
            rejections.push(reason);
            continue;
        }
        match part(one, line, currency, &path) {
            Ok(part) => rows.push(take(id, rows.len(), line, part)),
            Err(reason) => rejections.push(reason),
        }
    }
    if rejections.is_empty() {
        Ok(rows)
    } else {
        Err(rejections)
    }
}

fn check_quantity(
    one: &CreditLine,
    line: &invoice_line::Model,
    variants: &[CountedVariant],
    path: &Path,
) -> Result<(), Rejection> {
    let is_sold = |one: &&CountedVariant| Some(one.variant.id) == line.variant_id;
    match (one.quantity, variants.iter().find(is_sold)) {
        (Some(quantity), Some(sold)) => check_unit(&path.at("quantity"), quantity, &sold.unit),
        _ => Ok(()),
    }
}

/// A quantity, its net and its tax.
type Part = (Quantity, Amount, Amount);

/// What is not credited of a line yet.
fn rest(line: &invoice_line::Model) -> Part {
    (
        Quantity(line.quantity.0 - line.credited_quantity.0),
        Amount(line.net.0 - line.credited_net.0),
        Amount(line.tax.0 - line.credited_tax.0),
    )
}

/// Whether nothing of a line is left to be credited.
#[must_use]
pub fn is_credited(line: &invoice_line::Model) -> bool {
    let (quantity, net, tax) = rest(line);
    net.is_zero() && tax.is_zero() && (quantity.is_zero() || line.gross.is_positive())
}

fn part(
    one: &CreditLine,
    line: &invoice_line::Model,
    currency: CurrencyCode,
    path: &Path,
) -> Result<Part, Rejection> {
    let (quantity, net, tax) = rest(line);
    if is_credited(line) {
        let message = "All of this line is credited already. Leave it out.";
        return Err(Rejection::invalid(path.at("line"), message));
    }
    match (one.quantity, one.amount) {
        (Some(_), Some(_)) => {
            let message = "Give a quantity or an amount, not both.";
            Err(Rejection::invalid(path.at("amount"), message))
        }
        (None, None) => Ok((quantity, net, tax)),
        (Some(wanted), None) if wanted > quantity => {
            let message = format!("Is too much: only {quantity} of it is not credited yet.");
            Err(Rejection::invalid(path.at("quantity"), message))
        }
        (Some(wanted), None) if wanted == quantity => Ok((quantity, net, tax)),
        (Some(wanted), None) => {
            let share = |of: Amount| of.share(wanted, quantity).rounded(currency);
            Ok((wanted, share(net), share(tax)))
        }
        (None, Some(wanted)) => {
            check_minor_unit(&path.at("amount"), wanted, currency)?;
            let gross = Amount(net.0 + tax.0);
            if wanted > gross {
                let message = format!("Is too much: only {gross} of it is not credited yet.");
                return Err(Rejection::invalid(path.at("amount"), message));
            }
            let part = tax.share(Quantity(wanted.0), Quantity(gross.0));
            let part = part.rounded(currency);
            Ok((Quantity::ZERO, Amount(wanted.0 - part.0), part))
        }
    }
}

fn take(
    id: CreditNoteId,
    index: usize,
    line: &mut invoice_line::Model,
    (quantity, net, tax): Part,
) -> credit_note_line::Model {
    line.credited_quantity.0 += quantity.0;
    line.credited_net.0 += net.0;
    line.credited_tax.0 += tax.0;
    credit_note_line::Model {
        id: CreditNoteLineId::generate(),
        credit_note_id: id,
        position: i32::try_from(index + 1).expect("a document has few lines"),
        invoice_line_id: line.id,
        quantity,
        net,
        tax,
        gross: Amount(net.0 + tax.0),
    }
}

#[cfg(test)]
mod tests {
    use entity::vocab::{InvoiceId, Rate, SalesOrderLineId, UnitPrice};
    use proptest::prelude::*;

    use super::*;

    fn line(pieces: i64, net: i64, tax: i64) -> invoice_line::Model {
        invoice_line::Model {
            id: InvoiceLineId::generate(),
            invoice_id: InvoiceId::generate(),
            position: 1,
            variant_id: None,
            description: "Tea".to_owned(),
            quantity: Quantity(pieces * 1_000_000),
            unit_price: UnitPrice::ZERO,
            discount_rate: Rate::ZERO,
            tax_class_id: None,
            tax_rate: Rate::ZERO,
            net: Amount(net * 10_000),
            tax: Amount(tax * 10_000),
            gross: Amount((net + tax) * 10_000),
            credited_quantity: Quantity::ZERO,
            credited_net: Amount::ZERO,
            credited_tax: Amount::ZERO,
            sales_order_line_id: SalesOrderLineId::generate(),
            fulfilment_line_id: None,
        }
    }

    proptest! {
        #[test]
        fn parts_never_credit_more_than_the_line(
            pieces in 1_i64..20,
            net in 0_i64..100_000,
            tax in 0_i64..30_000,
            parts in prop::collection::vec((any::<bool>(), 1_i64..40_000), 1..12),
        ) {
            let euro = CurrencyCode::parse("EUR").unwrap();
            let mut lines = [line(pieces, net, tax)];
            let mut credited = (0, 0, 0);
            let id = CreditNoteId::generate();
            let all = parts.into_iter().map(|(by_quantity, size)| CreditLine {
                line_id: Some(lines[0].id),
                quantity: by_quantity.then_some(Quantity((size % 5 + 1) * 1_000_000)),
                amount: (!by_quantity).then_some(Amount(size * 10_000)),
            });
            let last = CreditLine { line_id: Some(lines[0].id), quantity: None, amount: None };
            for one in all.collect::<Vec<_>>().into_iter().chain([last]) {
                let Ok(rows) = credit(id, (Some(&[one]), &[]), &mut lines, euro) else { continue };
                for row in rows {
                    prop_assert!(row.net.0 >= 0 && row.tax.0 >= 0);
                    prop_assert_eq!(row.gross.0 % 10_000, 0);
                    credited.0 += row.quantity.0;
                    credited.1 += row.net.0;
                    credited.2 += row.tax.0;
                }
            }
            let line = &lines[0];
            prop_assert!(is_credited(line));
            prop_assert_eq!((credited.1, credited.2), (line.net.0, line.tax.0));
            prop_assert!(credited.0 <= line.quantity.0);
        }
    }
}
