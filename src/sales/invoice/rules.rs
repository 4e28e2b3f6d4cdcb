//! What an invoice bills, and what it comes to: pure.

use std::collections::HashMap;

use entity::catalog::product_variant;
use entity::sales::sales_order_line;
use entity::sales::{fulfilment, fulfilment_line, invoice, invoice_line, sales_order};
use entity::vocab::{
    Amount, CurrencyCode, ExchangeRate, FulfilmentId, FulfilmentLineId, InvoiceId, InvoiceLineId,
    LineAmounts, Progress, Quantity, Rate, SalesOrderStatus, TaxClassId, line_amounts,
};

use super::ops::PostInvoice;
use crate::platform::input::is_bookable;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};

/// Everything that an invoice refers to.
pub struct Loaded<'l> {
    /// The order.
    pub order: &'l sales_order::Model,
    /// Its lines.
    pub lines: &'l [sales_order_line::Model],
    /// What was shipped of it.
    pub fulfilments: &'l [fulfilment::Model],
    /// The lines of that.
    pub shipped: &'l [fulfilment_line::Model],
    /// Those that were invoiced.
    pub invoiced: &'l [FulfilmentLineId],
    /// The variants of the lines.
    pub variants: &'l [product_variant::Model],
    /// The rates of the lines' tax classes on the invoice's day.
    pub rates: &'l HashMap<TaxClassId, Rate>,
    /// Whether the customer pays no tax.
    pub is_tax_exempt: bool,
    /// The invoice that has the wanted external id already.
    pub rival: Option<&'l invoice::Model>,
    /// Whether nothing was wrong with the input so far: else what is missing is not judged.
    pub is_read: bool,
}

/// What a document comes to, in its own and in the base currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// In the document's currency.
    pub own: LineAmounts,
    /// In the base currency.
    pub base: LineAmounts,
}

/// A part of an order line that is to be billed.
struct Part<'l> {
    line: &'l sales_order_line::Model,
    quantity: Quantity,
    fulfilment_line_id: Option<FulfilmentLineId>,
}

/// The lines of an invoice.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn lines(
    command: &PostInvoice,
    found: &Loaded<'_>,
    currency: CurrencyCode,
) -> Result<Vec<invoice_line::Model>, Vec<Rejection>> {
    let path = Path::input();
    let mut rejections = Vec::new();
    if let Some(rival) = found.rival {
        let problem = Problem::Duplicate {
            field: "external id",
            existing: rival.id.to_string(),
        };
        rejections.push(Rejection::new(path.at("externalId"), problem));
    }
    let unbillable = match found.order.status {
        SalesOrderStatus::Cancelled => Some("This order is cancelled; there is nothing to bill."),
        SalesOrderStatus::Draft => Some("This order is a draft. Confirm and ship it first."),
        SalesOrderStatus::Confirmed | SalesOrderStatus::Closed => None,
    };
    if let Some(message) = unbillable {
        let problem = Problem::InvalidState {
            state: found.order.status.as_str(),
            allowed: &[],
            message: message.to_owned(),
        };
        rejections.push(Rejection::new(path.at("salesOrder"), problem));
        return Err(rejections);
    }
    let wanted = wanted(command, found, &mut rejections);
    let parts = parts(command, found, &wanted);
    if parts.is_empty() && rejections.is_empty() && found.is_read {
        let problem = Problem::InvalidState {
            state: found.order.billing.as_str(),
            allowed: &["fulfilmentShip"],
            message: "Everything that was shipped is billed already. Ship more of it first."
                .to_owned(),
        };
        rejections.push(Rejection::new(path.at("salesOrder"), problem));
    }
    let mut lines = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        match bill(command.id, index, (part, found), currency) {
            Ok(line) => lines.push(line),
            Err(reason) => rejections.push(reason),
        }
    }
    if rejections.is_empty() {
        Ok(lines)
    } else {
        Err(rejections)
    }
}

/// The fulfilments that are billed.
fn wanted(
    command: &PostInvoice,
    found: &Loaded<'_>,
    rejections: &mut Vec<Rejection>,
) -> Vec<FulfilmentId> {
    let Some(named) = &command.fulfilments else {
        return found.fulfilments.iter().map(|one| one.id).collect();
    };
    let mut wanted = Vec::with_capacity(named.len());
    for (index, reference) in named.iter().enumerate() {
        let path = Path::input().at("fulfilments").at(index);
        let is_named = |one: &&fulfilment::Model| match reference {
            Reference::Id(id) => one.id == *id,
            Reference::Key(number) => one.number == *number,
            Reference::ExternalId(id) => one.external_id.as_ref() == Some(id),
            Reference::Unusable => false,
        };
        let Some(one) = found.fulfilments.iter().find(is_named) else {
            if *reference != Reference::Unusable {
                let problem = Problem::NotFound("fulfilment of this order");
                rejections.push(Rejection::new(path, problem));
            }
            continue;
        };
        let of_it = |line: &&fulfilment_line::Model| line.fulfilment_id == one.id;
        let mut lines = found.shipped.iter().filter(of_it);
        if wanted.contains(&one.id) {
            rejections.push(Rejection::invalid(path, "Is named twice."));
        } else if lines.all(|line| found.invoiced.contains(&line.id)) {
            let message = "Is billed already. Leave it out.";
            rejections.push(Rejection::invalid(path, message));
        }
        wanted.push(one.id);
    }
    wanted
}

fn parts<'l>(command: &PostInvoice, found: &Loaded<'l>, wanted: &[FulfilmentId]) -> Vec<Part<'l>> {
    let line_of = |id| found.lines.iter().find(|line| line.id == id);
    let shipped = found
        .shipped
        .iter()
        .filter(|line| wanted.contains(&line.fulfilment_id) && !found.invoiced.contains(&line.id));
    let mut parts: Vec<Part<'l>> = shipped
        .filter_map(|shipped| {
            Some(Part {
                line: line_of(shipped.sales_order_line_id)?,
                quantity: shipped.quantity,
                fulfilment_line_id: Some(shipped.id),
            })
        })
        .collect();
    if command.includes_charges {
        let charges = found.lines.iter().filter(|line| !line.is_stock_tracked);
        let charges = charges.map(|line| Part {
            line,
            quantity: Quantity(line.quantity.0 - line.invoiced.0),
            fulfilment_line_id: None,
        });
        parts.extend(charges.filter(|part| part.quantity.is_positive()));
    }
    parts
}

fn bill(
    invoice_id: InvoiceId,
    index: usize,
    (part, found): (&Part<'_>, &Loaded<'_>),
    currency: CurrencyCode,
) -> Result<invoice_line::Model, Rejection> {
    let line = part.line;
    let tax_rate = tax_rate(line, found)?;
    let stated = (part.quantity, line.unit_price, line.discount_rate);
    let includes_tax = found.order.prices_include_tax;
    let amounts = line_amounts(stated, tax_rate, includes_tax, currency).ok_or_else(|| {
        let message = format!("Line {} comes to more than can be kept.", line.position);
        Rejection::invalid(Path::input().at("salesOrder"), message)
    })?;
    let variant = found.variants.iter().find(|one| one.id == line.variant_id);
    let description = variant.map(|one| format!("{} {}", one.sku, one.name));
    Ok(invoice_line::Model {
        id: InvoiceLineId::generate(),
        invoice_id,
        position: i32::try_from(index + 1).expect("a document has few lines"),
        variant_id: Some(line.variant_id),
        description: description.unwrap_or_default().trim().to_owned(),
        quantity: part.quantity,
        unit_price: line.unit_price,
        discount_rate: line.discount_rate,
        tax_class_id: line.tax_class_id,
        tax_rate,
        net: amounts.net,
        tax: amounts.tax,
        gross: amounts.gross,
        credited_quantity: Quantity::ZERO,
        credited_net: Amount::ZERO,
        credited_tax: Amount::ZERO,
        sales_order_line_id: line.id,
        fulfilment_line_id: part.fulfilment_line_id,
    })
}

fn tax_rate(line: &sales_order_line::Model, found: &Loaded<'_>) -> Result<Rate, Rejection> {
    let Some(class) = line.tax_class_id.filter(|_| !found.is_tax_exempt) else {
        return Ok(Rate::ZERO);
    };
    found.rates.get(&class).copied().ok_or_else(|| {
        let message = format!(
            "The tax class of line {} has no rate on that day. Set one with taxRateSet.",
            line.position
        );
        Rejection::invalid(Path::input().at("date"), message)
    })
}

/// What lines come to together; `None` when that is too much to be reckoned with.
#[must_use]
pub fn totals(
    lines: impl IntoIterator<Item = LineAmounts>,
    rate: ExchangeRate,
    base: CurrencyCode,
) -> Option<Totals> {
    let mut own = LineAmounts::default();
    for line in lines {
        own.net = own.net.checked_add(line.net)?;
        own.tax = own.tax.checked_add(line.tax)?;
        own.gross = own.gross.checked_add(line.gross)?;
    }
    let gross = rate.to_base(own.gross, base)?;
    let tax = rate.to_base(own.tax, base)?;
    let net = gross.checked_sub(tax)?;
    let is_small = is_bookable(own.gross.0) && is_bookable(gross.0);
    is_small.then_some(Totals {
        own,
        base: LineAmounts { net, tax, gross },
    })
}

/// How much of an order is billed, by its lines: of all that was ordered, as it is with what was
/// shipped, also when the rest was given up.
#[must_use]
pub fn billing(lines: &[sales_order_line::Model]) -> Progress {
    let is_full = |line: &sales_order_line::Model| line.invoiced >= line.quantity;
    if lines.iter().all(is_full) {
        Progress::Full
    } else if lines.iter().any(|line| line.invoiced.is_positive()) {
        Progress::Partial
    } else {
        Progress::None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_base_amounts_add_up(
            lines in prop::collection::vec((0_i64..10_000_000, 0_i64..3_000_000), 1..20),
            rate in 1_000_000_000_i64..5_000_000_000_000,
        ) {
            let base = CurrencyCode::parse("EUR").unwrap();
            let lines = lines.into_iter().map(|(net, tax)| LineAmounts {
                net: Amount(net * 10_000),
                tax: Amount(tax * 10_000),
                gross: Amount((net + tax) * 10_000),
            });
            let totals = totals(lines, ExchangeRate(rate), base).unwrap();
            for sums in [totals.own, totals.base] {
                prop_assert_eq!(sums.net.0 + sums.tax.0, sums.gross.0);
                prop_assert!(sums.net.0 >= 0);
            }
        }
    }
}
