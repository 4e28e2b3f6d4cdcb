//! The table: which corruption breaks which rules, for which records.

use std::collections::BTreeSet;

use entity::vocab::PrincipalId;

use super::accounts::{self, BOOKS, INVENTORY};
use super::books::Books;
use super::corruption::{Corruption, Deed, PIECE, corrupt, set};
use super::{alerts, moved_rows, purchases};

pub const SELLABLE: &str = "sellable = sum of movements";
const QUARANTINED: &str = "quarantined = sum of movements";
pub const VALUE: &str = "value = sum of movements";
pub const RESERVED: &str = "reserved = sum of commitments";
const BACKORDERED: &str = "backordered = sum of commitments";
const METHOD: &str =
    "costing method = that of the variant (0 average, 1 first in, first out, in millionths)";
const ON_HAND_LAYERS: &str =
    "on hand = sum of layers, where first in is first out; else there are none";
const VALUE_LAYERS: &str = "value = sum of layers, where first in is first out; else there is none";
const BROUGHT: &str = "layer: one movement brought it, and no less than is left";
const DAYS: &str = "days = sums of movements";
const STEPS: &str = "on hand after each movement = the one before + the movement";
pub const SUPPLY: &str = "supply = sum of commitments";
pub const INCOMING: &str = "incoming = sum of commitments";
pub const HELD: &str = "reserved = sum of reservations";
const WAITING: &str = "backordered = sum of reservations";
const NOTHING_WAITS: &str = "nothing waits while stock is free";
const LINE_RESERVED: &str = "order line: reserved = sum of commitments";
const LINE_OPEN: &str = "order line: open quantity = reserved + backordered";
const LINE_SHIPPED: &str = "order line: shipped = sum of fulfilments";
const ALLOCATED: &str = "order line: allocated = sum of open fulfilments";
const CLOSED: &str = "order line: nothing of a closed order is open";
const LINE_GROSS: &str = "order line: gross = net + tax";
const TAX: &str = "order: tax = sum of lines";
const GROSS: &str = "order: gross = sum of lines";
const NET: &str = "order: net = sum of lines";
const PROGRESS: &str =
    "order: fulfilment says what was shipped (0 none, 1 partial, 2 full, in millionths)";
const FULFILLED: &str = "fulfilment line: quantity = movements";
const COST: &str = "fulfilment line: cost = movements";
const RECEIVED: &str = "receipt line: quantity = movements";
const RECEIVED_VALUE: &str = "receipt line: value = movements";
const RETURNED: &str = "customer return line: received and cost = movements in";
const INSPECTED: &str = "customer return line: what became of it = movements";
const AUTHORSHIP: &str = "document: its operation is kept, by its author";
const NAMED: &str = "order: its customer and author exist";
const LINE_NAMED: &str = "order line: its variant, warehouse, price list and tax class exist";
const KEPT: &str = "ledger line: its operation is kept";
const ENDED: &str = "reservation: an ended one holds nothing";
const TURN: &str = "reservation: its turn is that of its order (in millionths)";

/// Rows about the variant of this SKU.
pub fn of_sku(sku: &str) -> String {
    format!("variant_id = (SELECT id FROM product_variant WHERE sku = '{sku}')")
}

/// A lifted column, by one piece.
pub fn lifted(column: &str) -> Deed {
    set(format!("{column} = {column} + {PIECE}"))
}

/// Every corruption.
pub fn all(books: &Books) -> Vec<Corruption> {
    let groups = [
        levels(books),
        layers(books),
        receipt_movements(books),
        fulfilment_movements(books),
        commitments(books),
        reservations(books),
        orders(books),
        references(books),
        document_lines(books),
        returns(books),
        moved_rows::all(&books.documents),
        accounts::all(&books.accounts),
        purchases::all(&books.purchases),
        alerts::all(&books.alerts),
        operations(books),
    ];
    let rows = groups.concat().into_iter().map(of_another_day);
    let rows = rows.map(of_another_step).map(of_another_supply);
    rows.chain(days(books)).collect()
}

/// A movement that another quantity or value came or left by is not in the sums of its day.
fn of_another_day(row: Corruption) -> Corruption {
    let within = row.told.iter().any(|(rule, _)| rule == QUARANTINED);
    if row.table != "stock_movement" || within {
        return row;
    }
    let moved = |(rule, level): &(String, String)| {
        let is_sum = rule == SELLABLE || rule == VALUE;
        is_sum.then(|| level.clone())
    };
    let levels: BTreeSet<String> = row.told.iter().filter_map(moved).collect();
    levels
        .iter()
        .fold(row, |row, level| row.breaks(DAYS, level))
}

/// Where more or less is on hand than moved, the movements do not lead to what is there.
fn of_another_step(row: Corruption) -> Corruption {
    let of = |wanted: &str| -> BTreeSet<String> {
        let told = row.told.iter().filter(|(rule, _)| rule == wanted);
        told.map(|(_, level)| level.clone()).collect()
    };
    let levels: Vec<String> = of(SELLABLE)
        .symmetric_difference(&of(QUARANTINED))
        .cloned()
        .collect();
    levels
        .iter()
        .fold(row, |row, level| row.breaks(STEPS, level))
}

/// A commitment that is supply is also in what its line announces.
fn of_another_supply(row: Corruption) -> Corruption {
    if row.table != "commitment" || row.wanted.contains("sales_order_line_id") {
        return row;
    }
    let told = row.told.iter().filter(|(rule, _)| rule == INCOMING);
    let levels: Vec<String> = told.map(|(_, level)| level.clone()).collect();
    levels
        .iter()
        .fold(row, |row, level| row.breaks(SUPPLY, level))
}

fn days(books: &Books) -> Vec<Corruption> {
    let bolt = books.level(&books.bolt);
    let wanted = format!("{} AND kind = 'RECEIPT'", of_sku("BOLT"));
    let deeds = [
        lifted("quantity_in"),
        lifted("quantity_out"),
        set("value_in = value_in + 1"),
        set("value_out = value_out + 1"),
        set("happened_on = '2001-02-03'"),
        set("kind = 'ADJUSTMENT'"),
        Deed::Delete,
    ];
    let row = |deed| corrupt("stock_day", wanted.as_str(), deed).breaks(DAYS, &bolt);
    deeds.into_iter().map(row).collect()
}

fn returns(books: &Books) -> Vec<Corruption> {
    let line = |deed: Deed| corrupt("customer_return_line", "1 = 1", deed);
    vec![
        line(lifted("received")).breaks(RETURNED, &books.returned),
        line(set("cost = cost + 1")).breaks(RETURNED, &books.returned),
        line(set("restocked = received")).breaks(INSPECTED, &books.returned),
    ]
}

/// The first document's operation, given to somebody else and lost.
fn operations(books: &Books) -> Vec<Corruption> {
    let Some((id, author)) = books.authorship else {
        return Vec::new();
    };
    let first = "id = (SELECT operation_id FROM goods_receipt ORDER BY id LIMIT 1)";
    let by_author = format!("{id} in {author}");
    let by_itself = format!("{id} in {}", PrincipalId(id.0));
    vec![
        corrupt("operation", first, set("caller_id = id"))
            .breaks(AUTHORSHIP, &by_author)
            .breaks(AUTHORSHIP, &by_itself),
        corrupt("operation", first, Deed::Delete)
            .breaks(AUTHORSHIP, &by_author)
            .breaks(KEPT, &id.to_string()),
    ]
}

fn levels(books: &Books) -> Vec<Corruption> {
    let (bolt, sand) = (books.level(&books.bolt), books.level(&books.sand));
    let level = |sku: &str, deed: Deed| corrupt("stock_level", of_sku(sku), deed);
    vec![
        level("BOLT", lifted("sellable")).breaks(SELLABLE, &bolt),
        level("BOLT", set(format!("sellable = sellable - {PIECE}"))).breaks(SELLABLE, &bolt),
        level("BOLT", lifted("quarantined")).breaks(QUARANTINED, &bolt),
        level("BOLT", set("value = value + 1"))
            .breaks(VALUE, &bolt)
            .breaks(INVENTORY, BOOKS),
        level("BOLT", set("value = 0"))
            .breaks(VALUE, &bolt)
            .breaks(INVENTORY, BOOKS),
        level("BOLT", lifted("reserved"))
            .breaks(RESERVED, &bolt)
            .breaks(HELD, &bolt),
        level("BOLT", lifted("incoming")).breaks(INCOMING, &bolt),
        level("BOLT", lifted("backordered"))
            .breaks(BACKORDERED, &bolt)
            .breaks(WAITING, &bolt)
            .breaks(NOTHING_WAITS, &bolt),
        level("SAND", set("backordered = 0"))
            .breaks(BACKORDERED, &sand)
            .breaks(WAITING, &sand),
        level("SAND", lifted("sellable"))
            .breaks(SELLABLE, &sand)
            .breaks(NOTHING_WAITS, &sand),
    ]
}

fn layers(books: &Books) -> Vec<Corruption> {
    let (bolt, wire) = (books.level(&books.bolt), books.level(&books.wire));
    let layer = |wanted: &str, deed: Deed| corrupt("cost_layer", wanted, deed);
    let level = |sku: &str, method: &str| {
        let deed = set(format!("costing_method = '{method}'"));
        corrupt("stock_level", of_sku(sku), deed)
    };
    let (first, last) = ("position = 1", "position = 2");
    vec![
        layer(first, lifted("quantity")).breaks(ON_HAND_LAYERS, &wire),
        layer(last, lifted("quantity"))
            .breaks(ON_HAND_LAYERS, &wire)
            .breaks(BROUGHT, &wire),
        layer(first, set("value = value + 1")).breaks(VALUE_LAYERS, &wire),
        layer(first, Deed::Delete)
            .breaks(ON_HAND_LAYERS, &wire)
            .breaks(VALUE_LAYERS, &wire),
        layer(
            first,
            set("position = 7, id = (SELECT operation_id FROM stock_movement LIMIT 1)"),
        )
        .breaks(BROUGHT, &wire),
        level("WIRE", "MOVING_AVERAGE")
            .breaks(METHOD, &wire)
            .breaks(ON_HAND_LAYERS, &wire)
            .breaks(VALUE_LAYERS, &wire),
        level("BOLT", "FIFO")
            .breaks(METHOD, &bolt)
            .breaks(ON_HAND_LAYERS, &bolt)
            .breaks(VALUE_LAYERS, &bolt),
    ]
}

fn receipt_movements(books: &Books) -> Vec<Corruption> {
    let (bolt, nut, line) = (
        books.level(&books.bolt),
        books.level(&books.nut),
        &books.receipt_line,
    );
    let wanted = format!("{} AND goods_receipt_line_id IS NOT NULL", of_sku("BOLT"));
    let movement = |deed: Deed| corrupt("stock_movement", wanted.as_str(), deed);
    let whole = |row: Corruption| {
        row.breaks(SELLABLE, &bolt)
            .breaks(VALUE, &bolt)
            .breaks(RECEIVED, line)
            .breaks(RECEIVED_VALUE, line)
    };
    let to_nut = set("variant_id = (SELECT id FROM product_variant WHERE sku = 'NUT')");
    vec![
        movement(lifted("quantity"))
            .breaks(SELLABLE, &bolt)
            .breaks(RECEIVED, line),
        movement(set("value = value + 1"))
            .breaks(VALUE, &bolt)
            .breaks(RECEIVED_VALUE, line),
        whole(movement(Deed::Delete)),
        whole(movement(Deed::Duplicate)),
        movement(set("to_place = 'QUARANTINE'"))
            .breaks(SELLABLE, &bolt)
            .breaks(QUARANTINED, &bolt)
            .breaks(purchases::REJECTED, line),
        movement(to_nut)
            .breaks(SELLABLE, &bolt)
            .breaks(VALUE, &bolt)
            .breaks(SELLABLE, &nut)
            .breaks(VALUE, &nut),
    ]
}

fn fulfilment_movements(books: &Books) -> Vec<Corruption> {
    let (bolt, line) = (books.level(&books.bolt), &books.fulfilment_line);
    let wanted = format!("{} AND fulfilment_line_id IS NOT NULL", of_sku("BOLT"));
    let movement = |deed: Deed| corrupt("stock_movement", wanted.as_str(), deed);
    let whole = |row: Corruption| {
        row.breaks(SELLABLE, &bolt)
            .breaks(VALUE, &bolt)
            .breaks(FULFILLED, line)
            .breaks(COST, line)
    };
    vec![
        movement(lifted("quantity"))
            .breaks(SELLABLE, &bolt)
            .breaks(FULFILLED, line),
        movement(set("value = value + 1"))
            .breaks(VALUE, &bolt)
            .breaks(COST, line),
        whole(movement(Deed::Delete)),
        whole(movement(Deed::Duplicate)),
    ]
}

fn commitments(books: &Books) -> Vec<Corruption> {
    let (bolt, sand) = (books.level(&books.bolt), books.level(&books.sand));
    let line = &books.partial.line;
    let of_line = "(SELECT line.id FROM sales_order_line AS line \
                    JOIN sales_order ON sales_order.id = line.sales_order_id \
                    WHERE sales_order.fulfilment = 'PARTIAL')";
    let placed = format!("sales_order_line_id = {of_line} AND reserved > 0");
    let shipped = format!("sales_order_line_id = {of_line} AND reserved < 0");
    let waits = format!("{} AND backordered > 0", of_sku("SAND"));
    let reserved = |wanted: &str, deed: Deed| {
        corrupt("commitment", wanted, deed)
            .breaks(RESERVED, &bolt)
            .breaks(LINE_RESERVED, line)
    };
    let waiting =
        |deed: Deed| corrupt("commitment", waits.as_str(), deed).breaks(BACKORDERED, &sand);
    vec![
        reserved(&placed, lifted("reserved")),
        reserved(&placed, Deed::Delete),
        reserved(&placed, Deed::Duplicate),
        reserved(&shipped, lifted("reserved")),
        reserved(&shipped, Deed::Delete),
        reserved(&shipped, Deed::Duplicate),
        waiting(lifted("backordered")),
        waiting(Deed::Delete),
        waiting(Deed::Duplicate),
        corrupt("commitment", placed.as_str(), lifted("incoming")).breaks(INCOMING, &bolt),
    ]
}

fn reservations(books: &Books) -> Vec<Corruption> {
    let (bolt, sand) = (books.level(&books.bolt), books.level(&books.sand));
    let holds = |row: Corruption, line: &str| {
        row.breaks(HELD, &bolt)
            .breaks(LINE_RESERVED, line)
            .breaks(LINE_OPEN, line)
    };
    let waits = |row: Corruption| {
        row.breaks(WAITING, &sand)
            .breaks(LINE_OPEN, &books.waiting.line)
    };
    let bolts = format!("{} AND state = 'ACTIVE'", of_sku("BOLT"));
    let on = |wanted: &str, deed: Deed| corrupt("reservation", wanted, deed);
    let (partial, cancelled) = (&books.partial.line, &books.cancelled.line);
    vec![
        holds(on(&bolts, lifted("reserved")), partial),
        holds(on(&bolts, set("reserved = 0, state = 'CONSUMED'")), partial),
        holds(on(&bolts, Deed::Delete), partial),
        holds(
            on(
                &format!("{} AND state = 'RELEASED'", of_sku("BOLT")),
                set(format!("state = 'ACTIVE', reserved = {PIECE}")),
            ),
            cancelled,
        ),
        waits(on(&of_sku("SAND"), lifted("backordered"))),
        waits(on(&of_sku("SAND"), Deed::Delete)),
        on(&bolts, set("priority = 6")).breaks(TURN, &books.reservation),
        on(&bolts, set("state = 'RELEASED'"))
            .past("reservation_ended_holds_nothing")
            .breaks(ENDED, &books.reservation),
    ]
}

fn orders(books: &Books) -> Vec<Corruption> {
    let Books {
        partial,
        cancelled,
        waiting,
        ..
    } = books;
    let order = |wanted: &str, deed: Deed| corrupt("sales_order", wanted, deed);
    let line = |sku: &str, deed: Deed| {
        let open = "(SELECT id FROM sales_order WHERE status = 'CONFIRMED')";
        let wanted = format!("{} AND sales_order_id IN {open}", of_sku(sku));
        corrupt("sales_order_line", wanted, deed)
    };
    let partly = "fulfilment = 'PARTIAL'";
    vec![
        order(partly, set("net = net + 10000")).breaks(NET, &partial.id),
        order(partly, set("fulfilment = 'NONE'")).breaks(PROGRESS, &partial.id),
        order(partly, set("fulfilment = 'FULL'")).breaks(PROGRESS, &partial.id),
        order(partly, set("status = 'CANCELLED'")).breaks(LINE_OPEN, &partial.line),
        order("status = 'CANCELLED'", set("status = 'CONFIRMED'"))
            .breaks(LINE_OPEN, &cancelled.line),
        order(partly, set("tax = tax + 10000")).breaks(TAX, &partial.id),
        order(partly, set("gross = gross + 10000")).breaks(GROSS, &partial.id),
        order(partly, set("status = 'CLOSED'"))
            .breaks(LINE_OPEN, &partial.line)
            .breaks(CLOSED, &partial.line),
        line("BOLT", set("net = net + 10000"))
            .breaks(NET, &partial.id)
            .breaks(LINE_GROSS, &partial.line),
        line("BOLT", set("tax = tax + 10000"))
            .breaks(TAX, &partial.id)
            .breaks(LINE_GROSS, &partial.line),
        line("BOLT", set("gross = gross + 10000"))
            .breaks(GROSS, &partial.id)
            .breaks(LINE_GROSS, &partial.line),
        line("BOLT", lifted("allocated")).breaks(ALLOCATED, &partial.line),
        line("BOLT", lifted("closed")).breaks(LINE_OPEN, &partial.line),
        line("BOLT", lifted("quantity")).breaks(LINE_OPEN, &partial.line),
        line("BOLT", lifted("shipped"))
            .breaks(LINE_SHIPPED, &partial.line)
            .breaks(LINE_OPEN, &partial.line),
        line("BOLT", set("shipped = 0"))
            .breaks(LINE_SHIPPED, &partial.line)
            .breaks(LINE_OPEN, &partial.line)
            .breaks(PROGRESS, &partial.id),
        line("SAND", set("shipped = quantity"))
            .breaks(LINE_SHIPPED, &waiting.line)
            .breaks(LINE_OPEN, &waiting.line)
            .breaks(PROGRESS, &waiting.id),
    ]
}

/// Orders and lines that name what does not exist.
fn references(books: &Books) -> Vec<Corruption> {
    let partial = &books.partial;
    let order = |deed: Deed| corrupt("sales_order", "fulfilment = 'PARTIAL'", deed);
    let line = |deed: Deed| {
        let of_order = "sales_order_id = (SELECT id FROM sales_order WHERE fulfilment = 'PARTIAL')";
        corrupt("sales_order_line", of_order, deed).breaks(LINE_NAMED, &partial.line)
    };
    vec![
        order(set("customer_id = id")).breaks(NAMED, &partial.id),
        line(set("variant_id = id")),
        line(set("warehouse_id = id")),
        line(set("tax_class_id = id")),
        line(set("price_source = 'CUSTOMER_LIST', price_list_id = id")),
    ]
}

fn document_lines(books: &Books) -> Vec<Corruption> {
    let (shipped, received) = (&books.fulfilment_line, &books.receipt_line);
    let fulfilment = |deed: Deed| corrupt("fulfilment_line", of_sku("BOLT"), deed);
    let receipt = |deed: Deed| corrupt("goods_receipt_line", of_sku("BOLT"), deed);
    vec![
        fulfilment(lifted("quantity"))
            .breaks(FULFILLED, shipped)
            .breaks(LINE_SHIPPED, &books.partial.line),
        fulfilment(set("cost = cost + 1")).breaks(COST, shipped),
        corrupt(
            "fulfilment",
            format!(
                "id = (SELECT fulfilment_id FROM fulfilment_line WHERE {})",
                of_sku("BOLT")
            ),
            set("status = 'PICKED', shipped_on = NULL"),
        )
        .breaks(FULFILLED, shipped)
        .breaks(LINE_SHIPPED, &books.partial.line)
        .breaks(ALLOCATED, &books.partial.line),
        receipt(lifted("quantity"))
            .past("goods_receipt_line_parts")
            .breaks(RECEIVED, received),
        receipt(set("value = value + 1")).breaks(RECEIVED_VALUE, received),
    ]
}
