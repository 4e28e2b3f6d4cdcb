//! Selling: quotations and orders, until they are closed.

use serde_json::{Value, json};

use super::player::{Player, by_id, customer, variant, verdict, warehouse, wrong_state};
use super::state::{CUSTOMERS, LIMITS, Order, OrderLine, price};
use super::stock::{Demand, GOODS, Part, WAREHOUSES, Wish};

pub const ORDER: &str = "salesOrder { id status lines { id position } holds { id isActive } }";
const NORMAL: i64 = 5;
const SHORTAGE: [&str; 4] = ["REJECT", "BACKORDER", "SPLIT", "BACKORDER"];
const CREDIT: [&str; 4] = ["REJECT", "REJECT", "HOLD", "IGNORE"];

/// Lines of an order that is to be, and their inputs.
fn new_lines(p: &mut Player, buyer: usize, place: usize) -> (Vec<OrderLine>, Vec<Value>) {
    let count = 1 + p.dice.below(3);
    let mut lines = Vec::new();
    for _ in 0..count {
        let what = if p.dice.chance(12) {
            GOODS
        } else {
            p.dice.below(GOODS)
        };
        lines.push(new_line(p, buyer, (what, place)));
    }
    let inputs = lines.iter().map(input_of).collect();
    (lines, inputs)
}

pub fn new_line(p: &mut Player, buyer: usize, (what, place): (usize, usize)) -> OrderLine {
    let quantity = p.dice.between(1, 12);
    OrderLine {
        variant: what,
        quantity,
        price: price(buyer, what, quantity),
        discount: if p.dice.chance(20) { 100_000 } else { 0 },
        warehouse: if what < GOODS && p.dice.chance(15) {
            p.dice.below(WAREHOUSES)
        } else {
            place
        },
        ..OrderLine::default()
    }
}

pub fn input_of(line: &OrderLine) -> Value {
    let mut input = json!({ "variant": variant(line.variant),
        "quantity": line.quantity.to_string() });
    if line.discount > 0 {
        input["discountRate"] = json!("0.1");
    }
    if line.is_goods() {
        input["warehouse"] = warehouse(line.warehouse);
    }
    input
}

/// What lines want, and from where.
pub fn wishes<'l>(lines: impl Iterator<Item = &'l OrderLine>) -> Vec<Wish> {
    let wish = |line: &OrderLine| {
        let others = (0..WAREHOUSES).filter(|place| *place != line.warehouse);
        let places = std::iter::once(line.warehouse).chain(others).collect();
        (line.variant, line.quantity, places)
    };
    lines.map(wish).collect()
}

/// The order's lines of goods, by their places.
fn goods(order: &Order) -> Vec<usize> {
    let is_goods =
        |index: &usize| order.lines[*index].is_goods() && order.lines[*index].quantity > 0;
    (0..order.lines.len()).filter(is_goods).collect()
}

/// Whether an order is refused for its amount, or held.
pub fn credit(p: &Player, (buyer, more): (usize, i64), policy: &str) -> (Vec<&'static str>, bool) {
    if p.state.fits(buyer, more) || policy == "IGNORE" || LIMITS[buyer].is_none() {
        return (Vec::new(), false);
    }
    match policy {
        "HOLD" => (Vec::new(), true),
        _ => (vec!["CREDIT_LIMIT"], false),
    }
}

/// What is reserved for an order, as it was decided.
pub type Parts = Vec<Part>;

pub fn promise(p: &mut Player, order: usize, lines: &[usize], parts: Parts) {
    for (index, at, held, waits) in parts {
        p.state
            .stock
            .claim(Demand::Order(order, lines[index]), at, held, waits);
    }
    let urgency = p.state.orders[order].urgency;
    for line in lines {
        let demand = Demand::Order(order, *line);
        p.state.stock.prioritize(demand, urgency);
    }
}

pub fn note_ids(order: &mut Order, payload: &Value) {
    order.id = Player::text(payload, "/salesOrder/id");
    let known: Vec<String> = order.lines.iter().map(|line| line.id.clone()).collect();
    let ids = Player::ids(payload, "/salesOrder/lines").into_iter();
    let mut new = ids.filter(|id| !known.contains(id));
    for line in order.lines.iter_mut().filter(|line| line.id.is_empty()) {
        line.id = new.next().expect("every line has an id");
    }
}

/// What an order is made of: who buys, from where, and what happens when it does not fit.
#[derive(Clone, Copy)]
pub struct Terms {
    pub buyer: usize,
    pub place: usize,
    pub shortage: &'static str,
    pub credit: &'static str,
}

impl Terms {
    pub fn any(p: &mut Player) -> Self {
        Self {
            buyer: p.dice.below(CUSTOMERS),
            place: p.dice.below(WAREHOUSES),
            shortage: p.dice.pick(&SHORTAGE),
            credit: p.dice.pick(&CREDIT),
        }
    }
}

pub async fn create(p: &mut Player) {
    let terms = Terms::any(p);
    let (lines, inputs) = new_lines(p, terms.buyer, terms.place);
    let urgency = any_urgency(p);
    let input = json!({ "customer": customer(terms.buyer), "lines": inputs,
        "priority": NORMAL + urgency });
    let made = p.send("salesOrderCreate", input, ORDER, Ok(())).await;
    let mut order = Order {
        customer: terms.buyer,
        status: "DRAFT",
        lines,
        urgency,
        ..Order::default()
    };
    note_ids(&mut order, &made.expect("it was accepted"));
    p.state.orders.push(order);
}

pub async fn place(p: &mut Player) {
    let terms = Terms::any(p);
    let (lines, inputs) = new_lines(p, terms.buyer, terms.place);
    place_lines(p, terms, lines, inputs).await;
}

/// Places an order of one line; its place among the orders, when it was accepted.
pub async fn place_one(p: &mut Player, terms: Terms, what: usize, quantity: i64) -> Option<usize> {
    let line = OrderLine {
        quantity,
        discount: 0,
        price: price(terms.buyer, what, quantity),
        warehouse: terms.place,
        ..new_line(p, terms.buyer, (what, terms.place))
    };
    let inputs = vec![input_of(&line)];
    place_lines(p, terms, vec![line], inputs).await
}

async fn place_lines(
    p: &mut Player,
    terms: Terms,
    lines: Vec<OrderLine>,
    inputs: Vec<Value>,
) -> Option<usize> {
    let buyer = terms.buyer;
    let urgency = any_urgency(p);
    let mut order = Order {
        customer: buyer,
        status: "CONFIRMED",
        lines,
        urgency,
        ..Order::default()
    };
    let (mut codes, is_held) = credit(p, (buyer, order.gross()), terms.credit);
    let of_goods = goods(&order);
    let wanted = wishes(of_goods.iter().map(|index| &order.lines[*index]));
    let parts = p.state.stock.allocate(&wanted, terms.shortage);
    if parts.is_none() {
        codes.push("INSUFFICIENT_STOCK");
    }
    let input = json!({ "customer": customer(buyer), "warehouse": warehouse(terms.place),
        "lines": inputs, "onShortage": terms.shortage, "onCreditLimit": terms.credit,
        "priority": NORMAL + urgency });
    let made = p
        .send("salesOrderPlace", input, ORDER, verdict(codes))
        .await?;
    order.holds = usize::from(is_held);
    note_ids(&mut order, &made);
    let index = p.state.orders.len();
    p.state.orders.push(order);
    promise(
        p,
        index,
        &of_goods,
        parts.expect("an accepted order has its stock"),
    );
    Some(index)
}

/// An order that suits; now and then any but deleted ones.
pub fn choose(p: &mut Player, suits: impl Fn(&Order) -> bool) -> Option<usize> {
    let count = p.state.orders.len();
    let found = p.choose(count, |state, one| suits(&state.orders[one]));
    found.filter(|one| p.state.orders[*one].status != "DELETED")
}

pub async fn confirm(p: &mut Player) {
    let Some(one) = choose(p, |order| order.status == "DRAFT") else {
        return p
            .send_unknown("salesOrderConfirm", "salesOrder", json!({}))
            .await;
    };
    let terms = Terms::any(p);
    confirm_of(p, one, (terms.shortage, terms.credit)).await;
}

pub async fn confirm_of(p: &mut Player, one: usize, (shortage, policy): (&str, &str)) -> bool {
    let order = p.state.orders[one].clone();
    let of_goods = goods(&order);
    let wanted = wishes(of_goods.iter().map(|index| &order.lines[*index]));
    let parts = p.state.stock.allocate(&wanted, shortage);
    let (mut codes, is_held) = credit(p, (order.customer, order.gross()), policy);
    if codes.is_empty() && parts.is_none() {
        codes.push("INSUFFICIENT_STOCK");
    }
    let expected = if order.status == "DRAFT" {
        verdict(codes)
    } else {
        wrong_state()
    };
    let input = json!({ "salesOrder": by_id(&order.id), "onShortage": shortage,
        "onCreditLimit": policy });
    if p.send("salesOrderConfirm", input, ORDER, expected)
        .await
        .is_none()
    {
        return false;
    }
    let order = &mut p.state.orders[one];
    order.status = "CONFIRMED";
    order.holds += usize::from(is_held);
    promise(
        p,
        one,
        &of_goods,
        parts.expect("an accepted order has its stock"),
    );
    true
}

/// By how much a priority is above the normal one; mostly it is not.
fn any_urgency(p: &mut Player) -> i64 {
    if p.dice.chance(30) {
        p.dice.between(0, 9) - NORMAL
    } else {
        0
    }
}

pub async fn prioritize(p: &mut Player) {
    let name = "salesOrderPrioritize";
    let urgency = p.dice.between(0, 9) - NORMAL;
    let mut input = json!({ "priority": NORMAL + urgency });
    let suits = |order: &Order| matches!(order.status, "DRAFT" | "CONFIRMED");
    let Some(one) = choose(p, suits) else {
        return p.send_unknown(name, "salesOrder", input).await;
    };
    let order = &p.state.orders[one];
    let expected = if suits(order) { Ok(()) } else { wrong_state() };
    input["salesOrder"] = by_id(&order.id);
    if p.send(name, input, ORDER, expected).await.is_none() {
        return;
    }
    p.state.orders[one].urgency = urgency;
    for line in 0..p.state.orders[one].lines.len() {
        p.state.stock.prioritize(Demand::Order(one, line), urgency);
    }
}

pub async fn delete(p: &mut Player) {
    let name = "salesOrderDelete";
    let Some(one) = choose(p, |order| order.status == "DRAFT") else {
        return p.send_unknown(name, "salesOrder", json!({})).await;
    };
    let order = &p.state.orders[one];
    let expected = if order.status == "DRAFT" {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "salesOrder": by_id(&order.id) });
    if p.send(name, input, "errors { code }", expected)
        .await
        .is_some()
    {
        p.state.orders[one].status = "DELETED";
    }
}

pub async fn cancel(p: &mut Player) {
    let Some(one) = choose(p, Order::can_be_cancelled) else {
        return p
            .send_unknown("salesOrderCancel", "salesOrder", json!({}))
            .await;
    };
    end(p, one, false).await;
}

pub async fn close(p: &mut Player) {
    let suits = |order: &Order| order.status == "CONFIRMED" && !order.is_allocated();
    let Some(one) = choose(p, suits) else {
        return p
            .send_unknown("salesOrderClose", "salesOrder", json!({}))
            .await;
    };
    end(p, one, true).await;
}

/// Cancels an order, or closes it; whether it was accepted.
pub async fn end(p: &mut Player, one: usize, closes: bool) -> bool {
    let order = &p.state.orders[one];
    let is_allowed = if closes {
        order.status == "CONFIRMED" && !order.is_allocated()
    } else {
        order.can_be_cancelled()
    };
    let expected = if is_allowed { Ok(()) } else { wrong_state() };
    let name = if closes {
        "salesOrderClose"
    } else {
        "salesOrderCancel"
    };
    let input = json!({ "salesOrder": by_id(&order.id) });
    if p.send(name, input, ORDER, expected).await.is_none() {
        return false;
    }
    let order = &mut p.state.orders[one];
    order.status = if closes { "CLOSED" } else { "CANCELLED" };
    for index in 0..order.lines.len() {
        let line = &mut order.lines[index];
        if closes && line.is_goods() {
            line.closed += line.quantity - line.shipped - line.closed;
        }
        p.state.stock.release(Demand::Order(one, index));
    }
    true
}

pub async fn hold(p: &mut Player) {
    let name = "salesOrderHold";
    let extra = json!({ "kind": "REVIEW", "reason": "who is it" });
    let suits = |order: &Order| matches!(order.status, "DRAFT" | "CONFIRMED");
    let Some(one) = choose(p, suits) else {
        return p.send_unknown(name, "salesOrder", extra).await;
    };
    let order = &p.state.orders[one];
    let expected = if suits(order) { Ok(()) } else { wrong_state() };
    let mut input = extra;
    input["salesOrder"] = by_id(&order.id);
    if p.send(name, input, ORDER, expected).await.is_some() {
        p.state.orders[one].holds += 1;
    }
}

pub async fn release(p: &mut Player) {
    let name = "salesOrderReleaseHold";
    let Some(one) = choose(p, |order| order.holds > 0) else {
        return p.send_unknown(name, "salesOrder", json!({})).await;
    };
    let order = &p.state.orders[one];
    let expected = if order.holds > 0 {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "salesOrder": by_id(&order.id) });
    if p.send(name, input, ORDER, expected).await.is_some() {
        p.state.orders[one].holds = 0;
    }
}

/// A hold on stock becomes an order, and hands over what it keeps.
pub async fn convert(p: &mut Player) {
    let name = "stockHoldConvert";
    let terms = Terms::any(p);
    let mut input = json!({ "customer": customer(terms.buyer), "onCreditLimit": terms.credit });
    let count = p.state.holds.len();
    let Some(hold) = p.choose(count, |state, one| state.holds[one].status == "ACTIVE") else {
        return p.send_unknown(name, "stockHold", input).await;
    };
    let held = p.state.holds[hold].clone();
    let line = |(what, place, quantity): &(usize, usize, i64)| OrderLine {
        variant: *what,
        quantity: *quantity,
        price: price(terms.buyer, *what, *quantity),
        warehouse: *place,
        ..OrderLine::default()
    };
    let lines: Vec<OrderLine> = held.lines.iter().map(line).collect();
    let (customer, status) = (terms.buyer, "CONFIRMED");
    let mut order = Order {
        customer,
        status,
        lines,
        ..Order::default()
    };
    let (codes, is_held) = credit(p, (terms.buyer, order.gross()), terms.credit);
    let expected = if held.status == "ACTIVE" {
        verdict(codes)
    } else {
        wrong_state()
    };
    input["stockHold"] = by_id(&held.id);
    let Some(made) = p.send(name, input, ORDER, expected).await else {
        return;
    };
    note_ids(&mut order, &made);
    order.holds = usize::from(is_held);
    let one = p.state.orders.len();
    p.state.orders.push(order);
    p.state.holds[hold].status = "CONVERTED";
    let stock = &mut p.state.stock;
    for index in 0..held.lines.len() {
        let demand = Demand::Hold(hold, index);
        let own = stock.claims.iter().position(|claim| claim.demand == demand);
        let mut claim = stock
            .claims
            .remove(own.expect("an active hold has its claims"));
        claim.demand = Demand::Order(one, index);
        stock.claims.push(claim);
    }
}
