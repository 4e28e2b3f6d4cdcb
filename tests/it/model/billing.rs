//! Invoices, and the credit notes that take them back.

use serde_json::{Value, json};

use super::money::{Item, line_amounts, share_of_cents};
use super::player::{Player, by_id, money, verdict, wrong_state};
use super::selling;
use super::state::{Invoice, InvoiceLine, LISTED, Order, tax};

const INVOICE: &str = "invoice { id number gross { amount } lines { id } }";
const NOTE: &str = "creditNote { id number gross { amount } }";

/// A part of an order's line that is billed: the line, how much, and by what it left.
type Part = (usize, i64, Option<(usize, usize)>);

/// What was shipped of an order and is not billed; of one fulfilment, or of all.
fn parts(p: &Player, order: usize, only: Option<usize>, charges: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, one) in p.state.fulfilments.iter().enumerate() {
        let is_named = only.is_none_or(|only| only == index);
        if one.order != order || !one.has_left() || !is_named {
            continue;
        }
        for (place, line) in one
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.is_invoiced)
        {
            parts.push((line.line, line.quantity, Some((index, place))));
        }
    }
    let lines = p.state.orders[order].lines.iter().enumerate();
    for (index, line) in lines.filter(|(_, line)| charges && !line.is_goods()) {
        if line.quantity > line.invoiced {
            parts.push((index, line.quantity - line.invoiced, None));
        }
    }
    parts
}

fn can_be_billed(p: &Player, order: usize) -> bool {
    let status = p.state.orders[order].status;
    matches!(status, "CONFIRMED" | "CLOSED") && !parts(p, order, None, true).is_empty()
}

pub async fn post(p: &mut Player) {
    let count = p.state.orders.len();
    let ready: Vec<usize> = (0..count).filter(|one| can_be_billed(p, *one)).collect();
    let chosen = if ready.is_empty() || p.dice.chance(8) {
        selling::choose(p, Order::is_shipped)
    } else {
        Some(p.dice.pick(&ready))
    };
    let Some(order) = chosen else {
        return p.send_unknown("invoicePost", "salesOrder", json!({})).await;
    };
    let of_order = |one: &usize| p.state.fulfilments[*one].order == order;
    let fulfilments: Vec<usize> = (0..p.state.fulfilments.len()).filter(of_order).collect();
    let named = !fulfilments.is_empty() && p.dice.chance(25);
    let only = named.then(|| p.dice.pick(&fulfilments));
    let charges = p.dice.chance(80);
    post_of(p, order, only, charges).await;
}

/// Bills an order; the invoice's place, when it was accepted.
pub async fn post_of(
    p: &mut Player,
    order: usize,
    only: Option<usize>,
    charges: bool,
) -> Option<usize> {
    let of = p.state.orders[order].clone();
    let billed = parts(p, order, only, charges);
    let mut codes = Vec::new();
    let mut input = json!({ "salesOrder": by_id(&of.id), "includeCharges": charges });
    if let Some(only) = only {
        let one = &p.state.fulfilments[only];
        input["fulfilments"] = json!([by_id(&one.id)]);
        if !one.has_left() {
            codes.push("NOT_FOUND");
        } else if one.lines.iter().all(|line| line.is_invoiced) {
            codes.push("INVALID");
        }
    }
    if billed.is_empty() && codes.is_empty() {
        codes.push("INVALID_STATE");
    }
    let is_billable = matches!(of.status, "CONFIRMED" | "CLOSED");
    let expected = if is_billable {
        verdict(codes)
    } else {
        wrong_state()
    };
    let made = p.send("invoicePost", input, INVOICE, expected).await?;
    let ids = Player::ids(&made, "/invoice/lines");
    assert_eq!(ids.len(), billed.len(), "every part has a line: {made:#}");
    let mut invoice = Invoice {
        id: Player::text(&made, "/invoice/id"),
        number: Player::text(&made, "/invoice/number"),
        customer: of.customer,
        lines: Vec::new(),
    };
    for ((index, quantity, shipped), id) in billed.into_iter().zip(ids) {
        let line = &mut p.state.orders[order].lines[index];
        line.invoiced += quantity;
        let rate = tax(of.customer, line.variant);
        let (net, tax) = line_amounts(quantity, line.price, line.discount, rate);
        let (left, gross) = ((quantity, net, tax), net + tax);
        invoice.lines.push(InvoiceLine {
            id,
            shipped,
            left,
            gross,
        });
        if let Some((fulfilment, line)) = shipped {
            p.state.fulfilments[fulfilment].lines[line].is_invoiced = true;
        }
    }
    open(p, &invoice, &Player::text(&made, "/invoice/gross/amount"));
    let gross: i64 = invoice.lines.iter().map(|line| line.gross).sum();
    p.state.orders[order].invoiced += gross;
    p.state.orders[order].close_when_done();
    p.state.invoices.push(invoice);
    Some(p.state.invoices.len() - 1)
}

/// Opens the items of an invoice: one, or two halves, of which the first takes the odd cent.
fn open(p: &mut Player, invoice: &Invoice, told: &str) {
    let gross: i64 = invoice.lines.iter().map(|line| line.gross).sum();
    assert_eq!(
        told,
        money(gross),
        "what the invoice {} comes to",
        invoice.number
    );
    let halves = [(0, gross - gross / 2), (30, gross / 2)];
    let dues = if invoice.customer == LISTED {
        &halves[..]
    } else {
        &[(0, gross)]
    };
    for (instalment, (due, amount)) in (1..).zip(dues.iter().copied()) {
        if amount == 0 {
            continue;
        }
        p.state.money.add(Item {
            customer: invoice.customer,
            kind: "INVOICE",
            number: invoice.number.clone(),
            instalment,
            due,
            amount,
            open: amount,
        });
    }
}

/// What of a line is credited: so many, so many cents, or the rest.
#[derive(Clone, Copy)]
pub enum Share {
    Quantity(i64),
    Cents(i64),
    Rest,
}

/// Quantity, net and tax of a share of a line; none when that cannot be.
pub fn credited(line: &InvoiceLine, share: Share) -> Option<(i64, i64, i64)> {
    let (quantity, net, tax) = line.left;
    if line.is_credited() {
        return None;
    }
    match share {
        Share::Rest => Some(line.left),
        Share::Quantity(wanted) if wanted > quantity => None,
        Share::Quantity(wanted) => {
            let part = |of| share_of_cents(of, wanted, quantity);
            Some((wanted, part(net), part(tax)))
        }
        Share::Cents(wanted) if wanted > net + tax => None,
        Share::Cents(wanted) => {
            let part = share_of_cents(tax, wanted, net + tax);
            Some((0, wanted - part, part))
        }
    }
}

pub async fn credit(p: &mut Player) {
    let count = p.state.invoices.len();
    let Some(one) = p.choose(count, |state, one| !state.invoices[one].is_void()) else {
        let reason = json!({ "reason": "wrong" });
        return p.send_unknown("creditNotePost", "invoice", reason).await;
    };
    let line = p.dice.below(p.state.invoices[one].lines.len());
    let (quantity, net, tax) = p.state.invoices[one].lines[line].left;
    let share = match p.dice.below(4) {
        0 => None,
        1 => Some(Share::Rest),
        2 => Some(Share::Quantity(p.dice.between(1, quantity.max(1) + 1))),
        _ => Some(Share::Cents(p.dice.between(1, (net + tax).max(1) + 50))),
    };
    let applies = p.dice.chance(70);
    credit_of(p, one, share.map(|share| (line, share)), applies).await;
}

/// Credits a line of an invoice, or all that is left of it.
pub async fn credit_of(
    p: &mut Player,
    one: usize,
    only: Option<(usize, Share)>,
    applies: bool,
) -> bool {
    let invoice = p.state.invoices[one].clone();
    let mut input = json!({ "invoice": by_id(&invoice.id), "reason": "wrong", "apply": applies });
    let shares: Vec<(usize, Share)> = match only {
        Some(only) => vec![only],
        None => {
            let open = (0..invoice.lines.len()).filter(|line| !invoice.lines[*line].is_credited());
            open.map(|line| (line, Share::Rest)).collect()
        }
    };
    if let Some((line, share)) = only {
        let mut of_line = json!({ "line": invoice.lines[line].id });
        match share {
            Share::Quantity(quantity) => of_line["quantity"] = json!(quantity.to_string()),
            Share::Cents(cents) => of_line["amount"] = json!(money(cents)),
            Share::Rest => {}
        }
        input["lines"] = json!([of_line]);
    }
    let fails = |(line, share): &(usize, Share)| credited(&invoice.lines[*line], *share).is_none();
    let codes = if shares.iter().any(fails) {
        vec!["INVALID"]
    } else {
        Vec::new()
    };
    let expected = if invoice.is_void() {
        wrong_state()
    } else {
        verdict(codes)
    };
    let Some(made) = p.send("creditNotePost", input, NOTE, expected).await else {
        return false;
    };
    let number = Player::text(&made, "/creditNote/number");
    let told = made
        .pointer("/creditNote/gross/amount")
        .cloned()
        .unwrap_or(Value::Null);
    let gross = take(p, (one, &shares), &number, applies);
    assert_eq!(
        told,
        json!(money(gross)),
        "what the credit note {number} comes to"
    );
    true
}

/// Notes what was credited of an invoice, and uses it; what it comes to.
pub fn take(
    p: &mut Player,
    (one, shares): (usize, &[(usize, Share)]),
    number: &str,
    applies: bool,
) -> i64 {
    let invoice = &mut p.state.invoices[one];
    let mut gross = 0;
    for (line, share) in shares {
        let line = &mut invoice.lines[*line];
        let (quantity, net, tax) = credited(line, *share).expect("it was accepted");
        line.left = (line.left.0 - quantity, line.left.1 - net, line.left.2 - tax);
        gross += net + tax;
    }
    if gross == 0 {
        return 0;
    }
    let (customer, of) = (invoice.customer, invoice.number.clone());
    let number = number.to_owned();
    let (kind, instalment, due) = ("CREDIT_NOTE", 1, 0);
    let (amount, open) = (-gross, -gross);
    let item = Item {
        customer,
        kind,
        number,
        instalment,
        due,
        amount,
        open,
    };
    let credit = p.state.money.add(item);
    if applies {
        for debt in p.state.money.open(customer, true) {
            let item = &p.state.money.items[debt];
            if item.kind == "INVOICE" && item.number == of {
                p.state.money.settle(credit, debt, i64::MAX);
            }
        }
    }
    gross
}
