//! Fulfilments: what is reserved is set aside, picked, packed, shipped and delivered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::player::{Player, Verdict, by_id, verdict, warehouse, wrong_state};
use super::selling;
use super::state::{Fulfilment, FulfilmentLine, Order};
use super::stock::{Demand, WAREHOUSES};

const MADE: &str = "fulfilments { id status warehouse { code } \
    lines { id quantity salesOrderLineId } }";

/// Goods of an order's line in a warehouse.
type Pick = (usize, usize, i64);

fn all_free(p: &Player, order: usize) -> Vec<Pick> {
    let mut picks = Vec::new();
    for line in 0..p.state.orders[order].lines.len() {
        for place in 0..WAREHOUSES {
            let quantity = p.state.free(order, line, place);
            if quantity > 0 {
                picks.push((line, place, quantity));
            }
        }
    }
    picks
}

/// What is asked for: of which warehouse, and which lines; all when nothing is said.
#[derive(Clone, Default)]
pub struct Asked {
    pub place: Option<usize>,
    pub lines: Option<Vec<(usize, i64)>>,
}

fn ask(p: &mut Player, order: usize) -> Asked {
    let free = all_free(p, order);
    let place = p.dice.chance(15).then(|| p.dice.below(WAREHOUSES));
    if free.is_empty() || p.dice.chance(50) {
        return Asked { place, lines: None };
    }
    let (line, _, quantity) = p.dice.pick(&free);
    let most = if p.dice.chance(10) {
        quantity + 2
    } else {
        quantity
    };
    let wanted = p.dice.between(1, most);
    Asked {
        place,
        lines: Some(vec![(line, wanted)]),
    }
}

/// What is taken, or why nothing is.
fn picks(p: &Player, order: usize, asked: &Asked, ships: bool) -> Result<Vec<Pick>, Verdict> {
    let of = &p.state.orders[order];
    let mut free = all_free(p, order);
    if of.status != "CONFIRMED" || (ships && of.holds > 0) || free.is_empty() {
        return Err(wrong_state());
    }
    free.retain(|pick| asked.place.is_none_or(|place| pick.1 == place));
    let Some(lines) = &asked.lines else {
        return if free.is_empty() {
            Err(wrong_state())
        } else {
            Ok(free)
        };
    };
    let mut taken = Vec::new();
    for (line, wanted) in lines {
        let mut open = *wanted;
        for pick in free.iter_mut().filter(|pick| pick.0 == *line) {
            let part = open.min(pick.2);
            pick.2 -= part;
            open -= part;
            if part > 0 {
                taken.push((pick.0, pick.1, part));
            }
        }
        if open > 0 {
            return Err(Err(vec!["INSUFFICIENT_STOCK"]));
        }
    }
    Ok(taken)
}

fn input_of(p: &Player, order: usize, asked: &Asked) -> Value {
    let order = &p.state.orders[order];
    let mut input = json!({ "salesOrder": by_id(&order.id) });
    if let Some(place) = asked.place {
        input["warehouse"] = warehouse(place);
    }
    if let Some(lines) = &asked.lines {
        let line = |(line, quantity): &(usize, i64)| {
            let quantity = quantity.to_string();
            json!({ "line": order.lines[*line].id, "quantity": quantity })
        };
        input["lines"] = lines.iter().map(line).collect();
    }
    input
}

/// Notes the fulfilments that were made, one per warehouse.
fn note(p: &mut Player, order: usize, (taken, payload): (Vec<Pick>, &Value), has_left: bool) {
    let mut by_place: BTreeMap<usize, Vec<Pick>> = BTreeMap::new();
    for pick in taken {
        by_place.entry(pick.1).or_default().push(pick);
    }
    let made = payload["fulfilments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        made.len(),
        by_place.len(),
        "one fulfilment per warehouse: {payload:#}"
    );
    for (place, picks) in by_place {
        let code = format!("W{place}");
        let of_place = made
            .iter()
            .find(|one| one["warehouse"]["code"] == json!(code));
        let one = of_place.unwrap_or_else(|| panic!("no fulfilment from {code}: {payload:#}"));
        let ids = Player::ids(one, "/lines");
        let line = |((line, _, quantity), id): (Pick, String)| FulfilmentLine {
            id,
            line,
            quantity,
            ..FulfilmentLine::default()
        };
        let lines: Vec<FulfilmentLine> = picks.into_iter().zip(ids).map(line).collect();
        for line in &lines {
            p.state.orders[order].lines[line.line].allocated += line.quantity;
        }
        let id = Player::text(one, "/id");
        let (warehouse, status) = (place, "PENDING");
        p.state.fulfilments.push(Fulfilment {
            id,
            order,
            warehouse,
            status,
            lines,
        });
        if has_left {
            leave(p, p.state.fulfilments.len() - 1);
        }
    }
}

/// The goods of a fulfilment leave.
fn leave(p: &mut Player, one: usize) {
    let fulfilment = &mut p.state.fulfilments[one];
    fulfilment.status = "SHIPPED";
    let (order, place) = (fulfilment.order, fulfilment.warehouse);
    for line in &mut fulfilment.lines {
        let demand = Demand::Order(order, line.line);
        line.cost = p.state.stock.consume(demand, place, line.quantity);
        let of_order = &mut p.state.orders[order].lines[line.line];
        of_order.shipped += line.quantity;
        of_order.allocated -= line.quantity;
    }
    p.state.orders[order].close_when_done();
}

fn has_free(p: &mut Player) -> Option<usize> {
    let count = p.state.orders.len();
    let ready: Vec<usize> = (0..count)
        .filter(|one| !all_free(p, *one).is_empty())
        .collect();
    if ready.is_empty() || p.dice.chance(8) {
        return selling::choose(p, |order| order.status == "CONFIRMED");
    }
    Some(p.dice.pick(&ready))
}

pub async fn create(p: &mut Player) {
    let Some(order) = has_free(p) else {
        return p
            .send_unknown("fulfilmentCreate", "salesOrder", json!({}))
            .await;
    };
    let asked = ask(p, order);
    create_of(p, order, asked).await;
}

pub async fn create_of(p: &mut Player, order: usize, asked: Asked) -> bool {
    take(p, "fulfilmentCreate", order, asked).await
}

/// Ships a fulfilment there is, or goods of an order at once.
pub async fn ship(p: &mut Player) {
    if p.dice.chance(50) {
        let Some(order) = has_free(p) else {
            return p
                .send_unknown("fulfilmentShip", "salesOrder", json!({}))
                .await;
        };
        let asked = ask(p, order);
        ship_of(p, order, asked).await;
        return;
    }
    let count = p.state.fulfilments.len();
    let Some(one) = p.choose(count, |state, one| state.fulfilments[one].is_open()) else {
        return p
            .send_unknown("fulfilmentShip", "fulfilment", json!({}))
            .await;
    };
    let fulfilment = &p.state.fulfilments[one];
    let is_held = p.state.orders[fulfilment.order].holds > 0;
    let lacks = |line: &FulfilmentLine| {
        let demand = Demand::Order(fulfilment.order, line.line);
        p.state.stock.held(demand, fulfilment.warehouse) < line.quantity
    };
    let expected = if !fulfilment.is_open() || is_held {
        wrong_state()
    } else if fulfilment.lines.iter().any(lacks) {
        Err(vec!["INSUFFICIENT_STOCK"])
    } else {
        Ok(())
    };
    let input = json!({ "fulfilment": by_id(&fulfilment.id) });
    if p.send("fulfilmentShip", input, MADE, expected)
        .await
        .is_some()
    {
        leave(p, one);
    }
}

pub async fn ship_of(p: &mut Player, order: usize, asked: Asked) -> bool {
    take(p, "fulfilmentShip", order, asked).await
}

async fn take(p: &mut Player, name: &str, order: usize, asked: Asked) -> bool {
    let ships = name == "fulfilmentShip";
    let (taken, expected) = match picks(p, order, &asked, ships) {
        Ok(taken) => (taken, Ok(())),
        Err(expected) => (Vec::new(), expected),
    };
    let input = input_of(p, order, &asked);
    let Some(made) = p.send(name, input, MADE, expected).await else {
        return false;
    };
    note(p, order, (taken, &made), ships);
    true
}

/// A step that changes the status alone.
async fn step(p: &mut Player, name: &str, from: &[&str], to: &'static str) {
    let count = p.state.fulfilments.len();
    let suits = |status: &str| from.contains(&status);
    let Some(one) = p.choose(count, |state, one| suits(state.fulfilments[one].status)) else {
        return p.send_unknown(name, "fulfilment", json!({})).await;
    };
    step_of(p, (name, one), from, to).await;
}

pub async fn step_of(
    p: &mut Player,
    (name, one): (&str, usize),
    from: &[&str],
    to: &'static str,
) -> bool {
    let fulfilment = &p.state.fulfilments[one];
    let (order, lines) = (fulfilment.order, fulfilment.lines.clone());
    let is_held = p.state.orders[order].holds > 0;
    let stops = is_held && matches!(name, "fulfilmentPick" | "fulfilmentPack");
    let mut codes = Vec::new();
    if !from.contains(&fulfilment.status) || stops {
        codes.push("INVALID_STATE");
    }
    let input = json!({ "fulfilment": by_id(&fulfilment.id) });
    let selection = "fulfilment { id status }";
    if p.send(name, input, selection, verdict(codes))
        .await
        .is_none()
    {
        return false;
    }
    p.state.fulfilments[one].status = to;
    if to == "CANCELLED" {
        for line in lines {
            p.state.orders[order].lines[line.line].allocated -= line.quantity;
        }
    }
    true
}

pub async fn pick(p: &mut Player) {
    step(p, "fulfilmentPick", &["PENDING"], "PICKED").await;
}

pub async fn pack(p: &mut Player) {
    step(p, "fulfilmentPack", &["PENDING", "PICKED"], "PACKED").await;
}

pub async fn deliver(p: &mut Player) {
    step(p, "fulfilmentDeliver", &["SHIPPED"], "DELIVERED").await;
}

pub const OPEN: [&str; 3] = ["PENDING", "PICKED", "PACKED"];

pub async fn cancel(p: &mut Player) {
    step(p, "fulfilmentCancel", &OPEN, "CANCELLED").await;
}

/// Whether something of an order can be billed or returned.
pub fn has_left(p: &Player, order: usize) -> bool {
    p.state.orders.get(order).is_some_and(Order::is_shipped)
}
