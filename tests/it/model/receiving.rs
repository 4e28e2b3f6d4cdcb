//! Goods that come in from suppliers, and go back as if they had not come.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::buying;
use super::player::{Player, by_id, nowhere, variant, verdict, warehouse, wrong_state};
use super::state::{Receipt, ReceiptLine};
use super::stock::{GOODS, Place, WAREHOUSES, share};

const RECEIPT: &str = "goodsReceipt { id status lines { id } }";
const MICROS_PER_CENT: i64 = 10_000;

/// Goods that nobody ordered.
pub async fn post(p: &mut Player) {
    let place = p.dice.below(WAREHOUSES);
    let count = 1 + p.dice.below(3);
    let mut inputs = Vec::new();
    let mut lines = Vec::new();
    for _ in 0..count {
        let (what, quantity) = (p.dice.below(GOODS), p.dice.between(1, 20));
        let millionths = p.dice.between(100_000, 9_000_000);
        let cost = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
        inputs.push(
            json!({ "variant": variant(what), "quantity": quantity.to_string(),
            "unitCost": cost }),
        );
        let accepted = (quantity, quantity * millionths);
        let line = ReceiptLine {
            variant: what,
            accepted,
            ..ReceiptLine::default()
        };
        lines.push(line);
    }
    let input = json!({ "warehouse": warehouse(place), "lines": inputs });
    let made = p.send("goodsReceiptPost", input, RECEIPT, Ok(())).await;
    for line in &lines {
        let (quantity, value) = line.accepted;
        p.state
            .stock
            .bring_in((line.variant, place), Place::Sellable, quantity, value);
    }
    let id = Player::text(&made.expect("it was accepted"), "/goodsReceipt/id");
    let receipt = Receipt {
        id,
        warehouse: place,
        lines,
        ..Receipt::default()
    };
    p.state.receipts.push(receipt);
}

/// What came of each line: accepted and rejected.
type Arrivals = Vec<(usize, i64, i64)>;

fn arrivals(p: &mut Player, one: usize) -> Arrivals {
    let count = p.state.purchases[one].lines.len();
    let mut arrivals = Vec::new();
    for line in 0..count {
        if count > 1 && p.dice.chance(30) && line + 1 < count {
            continue;
        }
        let room = p.state.purchases[one].lines[line].room();
        let most = if p.dice.chance(10) { room + 3 } else { room };
        let accepted = p.dice.between(0, most);
        let rejected = p
            .dice
            .chance(30)
            .then(|| p.dice.between(0, most - accepted));
        arrivals.push((line, accepted, rejected.unwrap_or(0)));
    }
    arrivals
}

pub async fn receive(p: &mut Player) {
    let Some(one) = buying::choose(p, &["SENT"]) else {
        let lines = json!({ "lines": [{ "line": nowhere("purchaseorderline"), "accepted": "1" }] });
        return p
            .send_unknown("purchaseOrderReceive", "purchaseOrder", lines)
            .await;
    };
    let said = arrivals(p, one);
    receive_of(p, one, said).await;
}

/// Receives goods of an order; now and then in another warehouse than the order's.
pub async fn receive_of(p: &mut Player, one: usize, said: Arrivals) {
    let other = p.dice.chance(15).then(|| p.dice.below(WAREHOUSES));
    let short = p.dice.chance(10);
    let order = p.state.purchases[one].clone();
    let mut codes = Vec::new();
    for (line, accepted, rejected) in &said {
        let sum = accepted + rejected;
        if (sum == 0 && !short) || sum > order.lines[*line].room() {
            codes.push("INVALID");
        }
    }
    let expected = if order.status == "SENT" {
        verdict(codes)
    } else {
        wrong_state()
    };
    let lines: Vec<Value> = said
        .iter()
        .map(|(line, accepted, rejected)| {
            let mut input = json!({ "line": order.lines[*line].id,
                "accepted": accepted.to_string(), "rejected": rejected.to_string(),
                "short": if short { "1" } else { "0" } });
            if *rejected > 0 {
                input["rejectionReason"] = json!("broken");
            }
            input
        })
        .collect();
    let mut input = json!({ "purchaseOrder": by_id(&order.id), "lines": lines });
    if let Some(other) = other {
        input["warehouse"] = warehouse(other);
    }
    let Some(made) = p
        .send("purchaseOrderReceive", input, RECEIPT, expected)
        .await
    else {
        return;
    };
    let place = other.unwrap_or(order.warehouse);
    let lines = said
        .into_iter()
        .map(|one_line| arrive(p, (one, place), one_line))
        .collect();
    let id = Player::text(&made, "/goodsReceipt/id");
    let purchase = Some(one);
    p.state.receipts.push(Receipt {
        id,
        warehouse: place,
        purchase,
        is_reversed: false,
        lines,
    });
}

fn arrive(
    p: &mut Player,
    (one, place): (usize, usize),
    (index, accepted, rejected): (usize, i64, i64),
) -> ReceiptLine {
    let order = &mut p.state.purchases[one];
    let home = order.warehouse;
    let line = &mut order.lines[index];
    let before = line.open();
    line.accepted += accepted;
    line.rejected += rejected;
    let arrived = before - line.open();
    let value = (accepted + rejected) * line.price * MICROS_PER_CENT;
    let of_rejected = if rejected == 0 {
        0
    } else {
        share(value, rejected, accepted + rejected)
    };
    let what = line.variant;
    let stock = &mut p.state.stock;
    stock.level_mut((what, home)).incoming -= arrived;
    let parts = ReceiptLine {
        variant: what,
        line: index,
        accepted: (accepted, value - of_rejected),
        rejected: (rejected, of_rejected),
    };
    stock.bring_in(
        (what, place),
        Place::Sellable,
        parts.accepted.0,
        parts.accepted.1,
    );
    stock.bring_in(
        (what, place),
        Place::Quarantine,
        parts.rejected.0,
        parts.rejected.1,
    );
    parts
}

pub async fn reverse(p: &mut Player) {
    let count = p.state.receipts.len();
    let Some(one) = p.choose(count, |state, one| !state.receipts[one].is_reversed) else {
        let reason = json!({ "reason": "wrong" });
        return p
            .send_unknown("goodsReceiptReverse", "goodsReceipt", reason)
            .await;
    };
    reverse_of(p, one).await;
}

/// A part of a receipt that leaves again: where from, how much, and at which value.
pub type Part = (Place, i64, i64);

pub async fn reverse_of(p: &mut Player, one: usize) {
    let receipt = p.state.receipts[one].clone();
    let mut by_variant: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
    for line in &receipt.lines {
        let places = [
            (Place::Sellable, line.accepted),
            (Place::Quarantine, line.rejected),
        ];
        for (place, (quantity, value)) in places.into_iter().filter(|one| one.1.0 > 0) {
            by_variant
                .entry(line.variant)
                .or_default()
                .push((place, quantity, value));
        }
    }
    let mut codes = Vec::new();
    for (what, parts) in &mut by_variant {
        codes.extend(value(p, (*what, receipt.warehouse), parts));
    }
    let expected = if receipt.is_reversed {
        wrong_state()
    } else {
        verdict(codes)
    };
    let input = json!({ "goodsReceipt": by_id(&receipt.id), "reason": "wrong" });
    if p.send("goodsReceiptReverse", input, RECEIPT, expected)
        .await
        .is_none()
    {
        return;
    }
    for (what, parts) in by_variant {
        for (place, quantity, value) in parts {
            p.state
                .stock
                .bring_in((what, receipt.warehouse), place, -quantity, -value);
        }
    }
    p.state.receipts[one].is_reversed = true;
    if let Some(purchase) = receipt.purchase {
        give_back(p, purchase, &receipt.lines);
    }
}

/// The value at which parts leave again: as they came, or all that is there when nothing stays.
pub fn value(p: &Player, at: (usize, usize), parts: &mut [Part]) -> Option<&'static str> {
    let level = p.state.stock.level(at);
    let sum = |place| {
        let here = parts.iter().filter(|part| part.0 == place);
        here.map(|part| part.1).sum::<i64>()
    };
    if sum(Place::Sellable) > level.sellable || sum(Place::Quarantine) > level.quarantined {
        return Some("INSUFFICIENT_STOCK");
    }
    let came: i64 = parts.iter().map(|part| part.2).sum();
    let mut whole: i64 = parts.iter().map(|part| part.1).sum();
    if level.value == came || (whole < level.on_hand() && level.value > came) {
        return None;
    }
    if whole < level.on_hand() {
        return Some("INVALID");
    }
    let mut left = level.value;
    for part in parts {
        part.2 = share(left, part.1, whole);
        left -= part.2;
        whole -= part.1;
    }
    None
}

fn give_back(p: &mut Player, purchase: usize, lines: &[ReceiptLine]) {
    let order = &mut p.state.purchases[purchase];
    for back in lines {
        let line = &mut order.lines[back.line];
        let before = line.open();
        line.accepted -= back.accepted.0;
        line.rejected -= back.rejected.0;
        let again = line.open() - before;
        if order.status == "SENT" {
            let level = p.state.stock.level_mut((line.variant, order.warehouse));
            level.incoming += again;
        } else {
            line.closed += again;
        }
    }
}
