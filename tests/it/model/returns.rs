//! What customers send back: asked for, received, inspected, credited and settled.

use serde_json::{Value, json};

use super::billing::{self, Share, credited};
use super::player::{Player, by_id, nowhere, verdict, warehouse, wrong_state};
use super::selling;
use super::shipping::has_left;
use super::state::{Order, Return, ReturnLine};
use super::stock::{Place, WAREHOUSES, share};

const RETURN: &str = "customerReturn { id status lines { id } \
    creditNotes { number invoice { id } } }";

/// Lines of fulfilments of an order that have left.
fn shipped(p: &Player, order: usize) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    for (index, one) in p.state.fulfilments.iter().enumerate() {
        if one.order == order && one.has_left() {
            lines.extend((0..one.lines.len()).map(|line| (index, line)));
        }
    }
    lines
}

pub async fn request(p: &mut Player) {
    let name = "customerReturnRequest";
    let nothing = json!({ "fulfilmentLine": nowhere("fulfilmentline"), "quantity": "1",
        "reason": "DEFECTIVE" });
    let Some(order) = selling::choose(p, Order::is_shipped) else {
        return p
            .send_unknown(name, "salesOrder", json!({ "lines": [nothing] }))
            .await;
    };
    if !has_left(p, order) {
        let mut input = json!({ "lines": [nothing], "warehouse": warehouse(0) });
        input["salesOrder"] = by_id(&p.state.orders[order].id);
        p.send(name, input, RETURN, wrong_state()).await;
        return;
    }
    let mut lines = Vec::new();
    for one in shipped(p, order) {
        let most = p.state.returnable(one) + i64::from(p.dice.chance(5));
        if most > 0 && p.dice.chance(70) {
            lines.push((one, p.dice.between(1, most)));
        }
    }
    if lines.is_empty() {
        let first = shipped(p, order)[0];
        lines.push((first, p.state.returnable(first) + 1));
    }
    let place = p.dice.below(WAREHOUSES);
    request_of(p, order, place, lines).await;
}

/// Asks for a return; its place, when it was accepted.
pub async fn request_of(
    p: &mut Player,
    order: usize,
    place: usize,
    lines: Vec<((usize, usize), i64)>,
) -> Option<usize> {
    let is_too_much = |(of, quantity): &((usize, usize), i64)| *quantity > p.state.returnable(*of);
    let codes = if lines.iter().any(is_too_much) {
        vec!["INVALID"]
    } else {
        Vec::new()
    };
    let line = |((fulfilment, line), quantity): &((usize, usize), i64)| {
        let id = &p.state.fulfilments[*fulfilment].lines[*line].id;
        json!({ "fulfilmentLine": id, "quantity": quantity.to_string(), "reason": "NOT_WANTED" })
    };
    let inputs: Vec<Value> = lines.iter().map(line).collect();
    let input = json!({ "salesOrder": by_id(&p.state.orders[order].id), "lines": inputs,
        "warehouse": warehouse(place) });
    let made = p
        .send("customerReturnRequest", input, RETURN, verdict(codes))
        .await?;
    let ids = Player::ids(&made, "/customerReturn/lines");
    let line = |((of, quantity), id): (((usize, usize), i64), String)| {
        let of_order = p.state.fulfilments[of.0].lines[of.1].line;
        ReturnLine {
            id,
            shipped: of,
            variant: p.state.orders[order].lines[of_order].variant,
            quantity,
            ..ReturnLine::default()
        }
    };
    let lines = lines.into_iter().zip(ids).map(line).collect();
    let id = Player::text(&made, "/customerReturn/id");
    let (warehouse, status, is_credited) = (place, "REQUESTED", false);
    p.state.returns.push(Return {
        id,
        order,
        warehouse,
        status,
        is_credited,
        lines,
    });
    Some(p.state.returns.len() - 1)
}

fn choose(p: &mut Player, states: &[&str]) -> Option<usize> {
    let count = p.state.returns.len();
    p.choose(count, |state, one| {
        states.contains(&state.returns[one].status)
    })
}

/// A step that changes the status alone.
async fn step(p: &mut Player, name: &str, from: &[&str], to: &'static str) {
    let mut input = match name {
        "customerReturnReject" => json!({ "reason": "too late" }),
        _ => json!({}),
    };
    let Some(one) = choose(p, from) else {
        return p.send_unknown(name, "customerReturn", input).await;
    };
    let row = &p.state.returns[one];
    let expected = if from.contains(&row.status) {
        Ok(())
    } else {
        wrong_state()
    };
    input["customerReturn"] = by_id(&row.id);
    if p.send(name, input, RETURN, expected).await.is_some() {
        p.state.returns[one].status = to;
    }
}

pub async fn approve(p: &mut Player) {
    step(p, "customerReturnApprove", &["REQUESTED"], "APPROVED").await;
}

pub async fn reject(p: &mut Player) {
    step(p, "customerReturnReject", &["REQUESTED"], "REJECTED").await;
}

pub async fn cancel(p: &mut Player) {
    step(
        p,
        "customerReturnCancel",
        &["REQUESTED", "APPROVED"],
        "CANCELLED",
    )
    .await;
}

pub async fn receive(p: &mut Player) {
    let Some(one) = choose(p, &["APPROVED"]) else {
        return p
            .send_unknown("customerReturnReceive", "customerReturn", json!({}))
            .await;
    };
    let row = p.state.returns[one].clone();
    let mut counts = None;
    if p.dice.chance(40) {
        let count = |line: &ReturnLine| p.dice.between(0, line.quantity);
        counts = Some(row.lines.iter().map(count).collect());
    }
    receive_of(p, one, counts).await;
}

pub async fn receive_of(p: &mut Player, one: usize, counts: Option<Vec<i64>>) -> bool {
    let row = p.state.returns[one].clone();
    let mut input = json!({ "customerReturn": by_id(&row.id) });
    let all: Vec<i64> = row.lines.iter().map(|line| line.quantity).collect();
    if let Some(counts) = &counts {
        let line = |(line, count): (&ReturnLine, &i64)| {
            let quantity = count.to_string();
            json!({ "line": line.id, "quantity": quantity })
        };
        input["lines"] = row.lines.iter().zip(counts).map(line).collect();
    }
    let counts = counts.unwrap_or(all);
    let is_any = counts.iter().any(|count| *count > 0);
    let expected = match row.status {
        "APPROVED" if is_any => Ok(()),
        "APPROVED" => Err(vec!["INVALID"]),
        _ => wrong_state(),
    };
    if p.send("customerReturnReceive", input, RETURN, expected)
        .await
        .is_none()
    {
        return false;
    }
    for (index, count) in counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0)
    {
        let line = &mut p.state.returns[one].lines[index];
        line.received = count;
        let of = &p.state.fulfilments[line.shipped.0].lines[line.shipped.1];
        let value = share(of.cost, count, of.quantity);
        let at = (line.variant, row.warehouse);
        p.state.stock.bring_in(at, Place::Quarantine, count, value);
    }
    p.state.returns[one].status = "RECEIVED";
    true
}

/// What becomes of a line: restocked, scrapped, sent back.
type Found = [i64; 3];

pub async fn inspect(p: &mut Player) {
    let Some(one) = choose(p, &["RECEIVED"]) else {
        return p
            .send_unknown("customerReturnInspect", "customerReturn", json!({}))
            .await;
    };
    let row = p.state.returns[one].clone();
    let mut found: Option<Vec<Found>> = None;
    if row.lines.iter().any(|line| line.received > 0) && p.dice.chance(60) {
        let split = |line: &ReturnLine| {
            let restock = p.dice.between(0, line.received);
            let scrap = p.dice.between(0, line.received - restock);
            [restock, scrap, line.received - restock - scrap]
        };
        found = Some(row.lines.iter().map(split).collect());
    }
    inspect_of(p, one, found).await;
}

pub async fn inspect_of(p: &mut Player, one: usize, found: Option<Vec<Found>>) -> bool {
    let row = p.state.returns[one].clone();
    let mut input = json!({ "customerReturn": by_id(&row.id) });
    if let Some(found) = &found {
        let came = row
            .lines
            .iter()
            .zip(found)
            .filter(|(line, _)| line.received > 0);
        let line = |(line, [restock, scrap, back]): (&ReturnLine, &Found)| {
            json!({ "line": line.id, "restock": restock.to_string(), "scrap": scrap.to_string(),
                "sendBack": back.to_string() })
        };
        input["lines"] = came.map(line).collect();
    }
    let all = row.lines.iter().map(|line| [line.received, 0, 0]).collect();
    let found: Vec<Found> = found.unwrap_or(all);
    let lacks = |line: &ReturnLine| {
        let same = row
            .lines
            .iter()
            .filter(|other| other.variant == line.variant);
        let wanted: i64 = same.map(|line| line.received).sum();
        wanted
            > p.state
                .stock
                .level((line.variant, row.warehouse))
                .quarantined
    };
    let expected = match row.status {
        "RECEIVED" if row.lines.iter().any(lacks) => Err(vec!["INSUFFICIENT_STOCK"]),
        "RECEIVED" => Ok(()),
        _ => wrong_state(),
    };
    if p.send("customerReturnInspect", input, RETURN, expected)
        .await
        .is_none()
    {
        return false;
    }
    let stock = &mut p.state.stock;
    for (line, [_, scrap, back]) in row.lines.iter().zip(&found) {
        for gone in [scrap, back].into_iter().filter(|gone| **gone > 0) {
            stock.take_out((line.variant, row.warehouse), Place::Quarantine, *gone);
        }
    }
    for (index, [restock, _, back]) in found.into_iter().enumerate() {
        let at = (row.lines[index].variant, row.warehouse);
        stock.level_mut(at).quarantined -= restock;
        stock.bring_in(at, Place::Sellable, restock, 0);
        p.state.returns[one].lines[index].sent_back = back;
    }
    p.state.returns[one].status = "INSPECTED";
    true
}

/// What of which invoices is credited: what came back and stays, as far as it was billed.
fn parts(p: &Player, row: &Return) -> Vec<(usize, Vec<(usize, Share)>)> {
    let mut parts = Vec::new();
    for (index, invoice) in p.state.invoices.iter().enumerate() {
        let mut shares = Vec::new();
        for (place, line) in invoice.lines.iter().enumerate() {
            let of_it = |one: &&ReturnLine| Some(one.shipped) == line.shipped;
            let kept = row
                .lines
                .iter()
                .find(of_it)
                .map_or(0, |one| one.received - one.sent_back);
            if kept > 0 {
                shares.push((place, Share::Quantity(kept)));
            }
        }
        if !shares.is_empty() {
            parts.push((index, shares));
        }
    }
    parts
}

pub async fn credit(p: &mut Player) {
    let Some(one) = choose(p, &["INSPECTED"]) else {
        return p
            .send_unknown("customerReturnCredit", "customerReturn", json!({}))
            .await;
    };
    let applies = p.dice.chance(70);
    credit_of(p, one, applies).await;
}

pub async fn credit_of(p: &mut Player, one: usize, applies: bool) -> bool {
    let row = p.state.returns[one].clone();
    let parts = parts(p, &row);
    let mut codes = Vec::new();
    if row.status != "INSPECTED" || row.is_credited || parts.is_empty() {
        codes.push("INVALID_STATE");
    }
    for (invoice, shares) in &parts {
        let invoice = &p.state.invoices[*invoice];
        let fails =
            |(line, share): &(usize, Share)| credited(&invoice.lines[*line], *share).is_none();
        if codes.is_empty() && invoice.is_void() {
            codes.push("INVALID_STATE");
        } else if codes.is_empty() && shares.iter().any(fails) {
            codes.push("INVALID");
        }
    }
    let input = json!({ "customerReturn": by_id(&row.id), "apply": applies });
    let made = p
        .send("customerReturnCredit", input, RETURN, verdict(codes))
        .await;
    let Some(made) = made else { return false };
    let notes = made["customerReturn"]["creditNotes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    for (invoice, shares) in parts {
        let id = json!(p.state.invoices[invoice].id);
        let note = notes.iter().find(|note| note["invoice"]["id"] == id);
        let note = note.unwrap_or_else(|| panic!("no credit note of {id}: {made:#}"));
        let number = Player::text(note, "/number");
        billing::take(p, (invoice, &shares), &number, applies);
    }
    p.state.returns[one].is_credited = true;
    true
}

pub async fn close(p: &mut Player) {
    let name = "customerReturnClose";
    let mut input = json!({ "settlement": "NONE" });
    let Some(one) = choose(p, &["INSPECTED"]) else {
        return p.send_unknown(name, "customerReturn", input).await;
    };
    let row = p.state.returns[one].clone();
    let mut codes = Vec::new();
    match p.dice.below(3) {
        0 => {
            input["settlement"] = json!("CREDIT");
            let is_kept = row.lines.iter().any(|line| line.received > line.sent_back);
            if is_kept && !row.is_credited {
                codes.push("INVALID");
            }
        }
        1 => {
            let by = p.dice.below(p.state.orders.len());
            let order = &p.state.orders[by];
            input["settlement"] = json!("REPLACEMENT");
            input["replacement"] = by_id(&order.id);
            let stands = matches!(order.status, "CONFIRMED" | "CLOSED");
            if order.status == "DELETED" {
                codes.push("NOT_FOUND");
            } else if !stands || order.customer != p.state.orders[row.order].customer {
                codes.push("INVALID");
            }
        }
        _ => {}
    }
    let expected = if row.status == "INSPECTED" {
        verdict(codes)
    } else {
        wrong_state()
    };
    input["customerReturn"] = by_id(&row.id);
    if p.send(name, input, RETURN, expected).await.is_some() {
        p.state.returns[one].status = "CLOSED";
    }
}
