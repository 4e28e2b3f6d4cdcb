//! Stock by itself: corrections, holds, and transfers between warehouses.

use serde_json::{Value, json};

use super::player::{Player, Verdict, by_id, variant, verdict, warehouse, wrong_state};
use super::receiving::{Part, value as leaves_at};
use super::state::{Adjustment, Hold, Transfer, TransferLine};
use super::stock::{Demand, GOODS, Place, WAREHOUSES, share};

const ADJUSTED: &str = "stockAdjustment { id status }";

pub async fn adjust(p: &mut Player) {
    let at = (p.dice.below(GOODS), p.dice.below(WAREHOUSES));
    let is_aside = p.dice.chance(25);
    let place = if is_aside {
        Place::Quarantine
    } else {
        Place::Sellable
    };
    let level = *p.state.stock.level(at);
    let there = if is_aside {
        level.quarantined
    } else {
        level.sellable
    };
    let least = -there.min(8) - i64::from(p.dice.chance(8));
    let delta = p.dice.between(least, 6);
    let cost = p.dice.chance(40).then(|| p.dice.between(1, 900));
    adjust_by(p, (at, place), delta, cost).await;
}

/// Corrects a level by so much; counted, or told by how much.
pub async fn adjust_by(
    p: &mut Player,
    (at, place): ((usize, usize), Place),
    delta: i64,
    cents: Option<i64>,
) -> bool {
    let level = *p.state.stock.level(at);
    let (there, name) = match place {
        Place::Sellable => (level.sellable, "SELLABLE"),
        Place::Quarantine => (level.quarantined, "QUARANTINE"),
    };
    let is_counted = there + delta >= 0 && p.dice.chance(50);
    let is_stale = is_counted && p.dice.chance(8);
    let mut line = json!({ "variant": variant(at.0), "place": name });
    line["change"] = if is_counted {
        let expected = there + i64::from(is_stale);
        json!({ "counted": { "quantity": (there + delta).to_string(),
            "expectedQuantity": expected.to_string() } })
    } else {
        json!({ "delta": delta.to_string() })
    };
    if let Some(cents) = cents {
        line["unitCost"] = json!(super::player::money(cents));
    }
    let usual = (level.on_hand() != 0).then(|| share(level.value, 1, level.on_hand()));
    let cost = cents.map(|cents| cents * 10_000).or(usual);
    let expected: Verdict = if is_stale {
        Err(vec!["STALE"])
    } else if delta == 0 || there + delta < 0 || (delta > 0 && cost.is_none()) {
        Err(vec!["INVALID"])
    } else {
        Ok(())
    };
    let reason = if is_counted { "COUNT" } else { "OTHER" };
    let input = json!({ "warehouse": warehouse(at.1), "reason": reason, "lines": [line],
        "note": "seen" });
    let Some(made) = p.send("stockAdjust", input, ADJUSTED, expected).await else {
        return false;
    };
    let value = match cost {
        Some(cost) if delta > 0 => {
            p.state.stock.bring_in(at, place, delta, delta * cost);
            delta * cost
        }
        _ => p.state.stock.take_out(at, place, -delta),
    };
    p.state.adjustments.push(Adjustment {
        id: Player::text(&made, "/stockAdjustment/id"),
        at,
        place,
        delta,
        value,
        is_reversed: false,
    });
    true
}

pub async fn reverse(p: &mut Player) {
    let count = p.state.adjustments.len();
    let Some(one) = p.choose(count, |state, one| !state.adjustments[one].is_reversed) else {
        let reason = json!({ "reason": "wrong" });
        return p
            .send_unknown("stockAdjustReverse", "stockAdjustment", reason)
            .await;
    };
    reverse_of(p, one).await;
}

/// Takes a correction back.
pub async fn reverse_of(p: &mut Player, one: usize) -> bool {
    let Adjustment {
        id,
        at,
        place,
        delta,
        value,
        is_reversed,
    } = p.state.adjustments[one].clone();
    let mut parts: Vec<Part> = vec![(place, delta, value)];
    let expected = if is_reversed {
        wrong_state()
    } else if delta > 0 {
        verdict(leaves_at(p, at, &mut parts).into_iter().collect())
    } else {
        Ok(())
    };
    let input = json!({ "stockAdjustment": by_id(&id), "reason": "wrong" });
    let sent = p.send("stockAdjustReverse", input, ADJUSTED, expected);
    if sent.await.is_none() {
        return false;
    }
    let stock = &mut p.state.stock;
    if delta > 0 {
        stock.bring_in(at, place, -delta, -parts[0].2);
    } else {
        stock.bring_in(at, place, -delta, value);
    }
    p.state.adjustments[one].is_reversed = true;
    true
}

/// Lines that want goods of a warehouse, most likely no more than it has.
fn wanted(p: &mut Player, place: usize) -> Vec<(usize, i64)> {
    let stocked: Vec<usize> = (0..GOODS)
        .filter(|what| p.state.stock.available((*what, place)) > 0)
        .collect();
    let mut lines = Vec::new();
    for _ in 0..=p.dice.below(2) {
        let any = stocked.is_empty() || p.dice.chance(8);
        let what = if any {
            p.dice.below(GOODS)
        } else {
            p.dice.pick(&stocked)
        };
        let most = p.state.stock.available((what, place)).max(2);
        lines.push((what, p.dice.between(1, most.min(8))));
    }
    lines
}

/// All lines together must be available.
fn enough(p: &Player, lines: &[(usize, usize, i64)]) -> Verdict {
    let lacks = |(what, place, _): &(usize, usize, i64)| {
        let same = lines
            .iter()
            .filter(|line| (line.0, line.1) == (*what, *place));
        let sum: i64 = same.map(|line| line.2).sum();
        sum > p.state.stock.available((*what, *place)).max(0)
    };
    let is_short = lines.iter().any(lacks);
    verdict(if is_short {
        vec!["INSUFFICIENT_STOCK"]
    } else {
        Vec::new()
    })
}

pub async fn hold(p: &mut Player) {
    let place = p.dice.below(WAREHOUSES);
    let lines = wanted(p, place);
    hold_of(
        p,
        lines
            .into_iter()
            .map(|(what, quantity)| (what, place, quantity))
            .collect(),
    )
    .await;
}

/// Holds stock; the hold's place, when it was accepted.
pub async fn hold_of(p: &mut Player, lines: Vec<(usize, usize, i64)>) -> Option<usize> {
    let line = |(what, place, quantity): &(usize, usize, i64)| {
        json!({ "variant": variant(*what), "warehouse": warehouse(*place),
            "quantity": quantity.to_string() })
    };
    let inputs: Vec<Value> = lines.iter().map(line).collect();
    let expected = enough(p, &lines);
    let until = later(1);
    let input = json!({ "owner": "cart", "expiresAt": until, "lines": inputs });
    let made = p
        .send(
            "stockHoldCreate",
            input,
            "stockHold { id status }",
            expected,
        )
        .await?;
    let one = p.state.holds.len();
    for (index, (what, place, quantity)) in lines.iter().enumerate() {
        p.state
            .stock
            .claim(Demand::Hold(one, index), (*what, *place), *quantity, 0);
    }
    let id = Player::text(&made, "/stockHold/id");
    p.state.holds.push(Hold {
        id,
        status: "ACTIVE",
        lines,
    });
    Some(one)
}

/// So many days from now: far behind the end of a test.
fn later(days: i64) -> String {
    let at = stockroom::platform::clock::now().to_utc() + chrono::Duration::days(days);
    at.to_rfc3339()
}

pub async fn extend(p: &mut Player) {
    let extra = json!({ "expiresAt": later(2) });
    end_hold(p, ("stockHoldExtend", extra), None).await;
}

pub async fn release(p: &mut Player) {
    end_hold(p, ("stockHoldRelease", json!({})), None).await;
}

/// Extends a hold or releases it; any, unless it is said which.
pub async fn end_hold(p: &mut Player, (name, mut input): (&str, Value), which: Option<usize>) {
    let count = p.state.holds.len();
    let active = |p: &mut Player| p.choose(count, |state, one| state.holds[one].status == "ACTIVE");
    let Some(one) = which.or_else(|| active(p)) else {
        return p.send_unknown(name, "stockHold", input).await;
    };
    let hold = &p.state.holds[one];
    let expected = if hold.status == "ACTIVE" {
        Ok(())
    } else {
        wrong_state()
    };
    input["stockHold"] = by_id(&hold.id);
    let selection = "stockHold { id status }";
    let is_done = p.send(name, input, selection, expected).await.is_some();
    if is_done && name == "stockHoldRelease" {
        p.state.holds[one].status = "RELEASED";
        for line in 0..p.state.holds[one].lines.len() {
            p.state.stock.release(Demand::Hold(one, line));
        }
    }
}

const TRANSFER: &str = "stockTransfer { id status lines { id } }";

pub async fn transfer(p: &mut Player) {
    let (from, to) = (p.dice.below(WAREHOUSES), p.dice.below(WAREHOUSES));
    let to = if from == to && !p.dice.chance(10) {
        (to + 1) % WAREHOUSES
    } else {
        to
    };
    let lines = wanted(p, from);
    transfer_of(p, (from, to), lines).await;
}

/// Makes a transfer; its place, when it was accepted.
pub async fn transfer_of(
    p: &mut Player,
    (from, to): (usize, usize),
    lines: Vec<(usize, i64)>,
) -> Option<usize> {
    let line = |(what, quantity): &(usize, i64)| {
        let quantity = quantity.to_string();
        json!({ "variant": variant(*what), "quantity": quantity })
    };
    let inputs: Vec<Value> = lines.iter().map(line).collect();
    let keys: Vec<_> = lines
        .iter()
        .map(|(what, quantity)| (*what, from, *quantity))
        .collect();
    let expected = if from == to {
        Err(vec!["INVALID"])
    } else {
        enough(p, &keys)
    };
    let input = json!({ "fromWarehouse": warehouse(from), "toWarehouse": warehouse(to),
        "lines": inputs });
    let made = p
        .send("stockTransferCreate", input, TRANSFER, expected)
        .await?;
    let one = p.state.transfers.len();
    let mut rows = Vec::new();
    let ids = Player::ids(&made, "/stockTransfer/lines");
    for (index, ((what, quantity), id)) in lines.into_iter().zip(ids).enumerate() {
        p.state
            .stock
            .claim(Demand::Transfer(one, index), (what, from), quantity, 0);
        rows.push(TransferLine {
            id,
            variant: what,
            quantity,
            ..TransferLine::default()
        });
    }
    let id = Player::text(&made, "/stockTransfer/id");
    p.state.transfers.push(Transfer {
        id,
        from,
        to,
        status: "DRAFT",
        lines: rows,
    });
    Some(one)
}

fn choose(p: &mut Player, status: &str) -> Option<usize> {
    let count = p.state.transfers.len();
    p.choose(count, |state, one| state.transfers[one].status == status)
}

pub async fn dispatch(p: &mut Player) {
    let Some(one) = choose(p, "DRAFT") else {
        return p
            .send_unknown("stockTransferDispatch", "stockTransfer", json!({}))
            .await;
    };
    dispatch_of(p, one).await;
}

pub async fn dispatch_of(p: &mut Player, one: usize) -> bool {
    let transfer = p.state.transfers[one].clone();
    let lacks = |(index, line): (usize, &TransferLine)| {
        p.state
            .stock
            .held(Demand::Transfer(one, index), transfer.from)
            < line.quantity
    };
    let is_short = transfer.lines.iter().enumerate().any(lacks);
    let is_ready = transfer.status == "DRAFT" && !is_short;
    let expected = if is_ready { Ok(()) } else { wrong_state() };
    let input = json!({ "stockTransfer": by_id(&transfer.id) });
    if p.send("stockTransferDispatch", input, TRANSFER, expected)
        .await
        .is_none()
    {
        return false;
    }
    let row = &mut p.state.transfers[one];
    row.status = "IN_TRANSIT";
    for (index, line) in row.lines.iter_mut().enumerate() {
        let demand = Demand::Transfer(one, index);
        line.value = p.state.stock.consume(demand, row.from, line.quantity);
        line.on_its_way = line.quantity;
        p.state.stock.level_mut((line.variant, row.to)).incoming += line.quantity;
    }
    true
}

pub async fn receive(p: &mut Player) {
    let Some(one) = choose(p, "IN_TRANSIT") else {
        return p
            .send_unknown("stockTransferReceive", "stockTransfer", json!({}))
            .await;
    };
    let mut said = None;
    if p.dice.chance(60) {
        let mut parts = Vec::new();
        for index in 0..p.state.transfers[one].lines.len() {
            let open = p.state.transfers[one].lines[index].on_its_way;
            if open == 0 || p.dice.chance(20) {
                continue;
            }
            let most = open + i64::from(p.dice.chance(5));
            let received = p.dice.between(0, most);
            let most = if p.dice.chance(30) {
                (open - received).max(0)
            } else {
                0
            };
            let lost = p.dice.between(0, most);
            let back = p.dice.between(0, (open - received - lost).max(0));
            parts.push((index, [received, lost, back]));
        }
        said = (!parts.is_empty()).then_some(parts);
    }
    receive_of(p, one, said).await;
}

/// What became of a line: received, lost, sent back.
type Arrived = (usize, [i64; 3]);

pub async fn receive_of(p: &mut Player, one: usize, said: Option<Vec<Arrived>>) -> bool {
    let transfer = p.state.transfers[one].clone();
    let mut input = json!({ "stockTransfer": by_id(&transfer.id) });
    let rest = transfer
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| (index, [line.on_its_way, 0, 0]));
    let mut codes = Vec::new();
    if let Some(said) = &said {
        let line = |(index, [received, lost, back]): &Arrived| {
            json!({ "line": transfer.lines[*index].id, "received": received.to_string(),
                "lost": lost.to_string(), "returned": back.to_string() })
        };
        input["lines"] = said.iter().map(line).collect();
        input["shortageReason"] = json!("fell off");
        let is_wrong = |(index, parts): &Arrived| {
            let sum: i64 = parts.iter().sum();
            sum == 0 || sum > transfer.lines[*index].on_its_way
        };
        if said.iter().any(is_wrong) {
            codes.push("INVALID");
        }
    }
    let expected = if transfer.status == "IN_TRANSIT" {
        verdict(codes)
    } else {
        wrong_state()
    };
    let arrived = said
        .clone()
        .unwrap_or(rest.filter(|one| one.1[0] > 0).collect());
    if p.send("stockTransferReceive", input, TRANSFER, expected)
        .await
        .is_none()
    {
        return false;
    }
    for (index, parts) in arrived {
        arrive(p, one, (index, parts));
    }
    let row = &mut p.state.transfers[one];
    if row.lines.iter().all(|line| line.on_its_way == 0) {
        row.status = "CLOSED";
    }
    true
}

fn arrive(p: &mut Player, one: usize, (index, [received, lost, back]): Arrived) {
    let row = &mut p.state.transfers[one];
    let line = &mut row.lines[index];
    let stock = &mut p.state.stock;
    stock.level_mut((line.variant, row.to)).incoming -= received + lost + back;
    for (quantity, to) in [
        (received, Some(row.to)),
        (back, Some(row.from)),
        (lost, None),
    ] {
        if quantity == 0 {
            continue;
        }
        let value = share(line.value, quantity, line.on_its_way);
        line.value -= value;
        line.on_its_way -= quantity;
        if let Some(to) = to {
            stock.bring_in((line.variant, to), Place::Sellable, quantity, value);
        }
    }
}

pub async fn cancel(p: &mut Player) {
    let Some(one) = choose(p, "DRAFT") else {
        return p
            .send_unknown("stockTransferCancel", "stockTransfer", json!({}))
            .await;
    };
    cancel_of(p, one).await;
}

pub async fn cancel_of(p: &mut Player, one: usize) -> bool {
    let transfer = &p.state.transfers[one];
    let expected = if transfer.status == "DRAFT" {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "stockTransfer": by_id(&transfer.id) });
    if p.send("stockTransferCancel", input, TRANSFER, expected)
        .await
        .is_none()
    {
        return false;
    }
    p.state.transfers[one].status = "CANCELLED";
    for line in 0..p.state.transfers[one].lines.len() {
        p.state.stock.release(Demand::Transfer(one, line));
    }
    true
}
