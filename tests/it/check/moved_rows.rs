//! The part of the table that is about transfers, adjustments, counts and holds.

use super::accounts::{BOOKS, IN_TRANSIT};
use super::corruption::{Corruption, Deed, PIECE, corrupt, set};
use super::documents::Documents;
use super::rows::{HELD, INCOMING, RESERVED, SELLABLE, SUPPLY, VALUE, lifted, of_sku};

const ON_ITS_WAY: &str = "transfer line: on its way = movements";
const VALUE_ON_ITS_WAY: &str = "transfer line: value on its way = movements";
const EXPECTED: &str = "transfer line: incoming = on its way";
const OPEN: &str = "transfer line: open demand = reserved + backordered";
const CORRECTED: &str = "adjustment line: delta = movements";
const CORRECTED_VALUE: &str = "adjustment line: value = movements";
const UNDONE: &str = "adjustment line: of a reversed adjustment everything is undone";
const UNDONE_VALUE: &str = "adjustment line: reversed value = reversing movements";
const DIFFERENCES: &str = "count: differences of a posted one = lines of its adjustment";
const TAKEN: &str = "count line: its variant is taken while its count is not ended, and no longer";
const ALL_COUNTED: &str = "count line: of a finished count everything is counted";
const HOLD_ENDED: &str = "hold line: an ended hold keeps nothing";

/// What tells the lines of the three transfers apart.
const DRAFT: &str = "dispatched = 0";
const PARTLY: &str = "received > 0 AND lost = 0";
const LOST: &str = "lost > 0";

/// Every corruption of these.
pub fn all(documents: &Documents) -> Vec<Corruption> {
    let groups = [
        transfers(documents),
        transfer_movements(documents),
        arrivals(documents),
        transfer_promises(documents),
        adjustments(documents),
        adjustment_movements(documents),
        counts(documents),
        holds(documents),
    ];
    groups.concat()
}

/// Rows that belong to the line of one of the transfers.
fn of_transfer(line: &str) -> String {
    format!("stock_transfer_line_id = (SELECT id FROM stock_transfer_line WHERE {line})")
}

fn transfers(documents: &Documents) -> Vec<Corruption> {
    let Documents {
        draft,
        partly,
        lost,
        ..
    } = documents;
    let line = |wanted: &str, deed: Deed| corrupt("stock_transfer_line", wanted, deed);
    let transfer = |wanted: &str, deed: Deed| corrupt("stock_transfer", wanted, deed);
    let moved = |row: Corruption, line: &str| row.breaks(ON_ITS_WAY, line).breaks(EXPECTED, line);
    let fewer = |column: &str| set(format!("{column} = {column} - {PIECE}"));
    vec![
        line(DRAFT, lifted("quantity")).breaks(OPEN, draft),
        moved(line(PARTLY, fewer("dispatched")), partly),
        moved(line(PARTLY, lifted("received")), partly),
        moved(line(PARTLY, set(format!("lost = {PIECE}"))), partly),
        moved(line(LOST, fewer("lost")), lost),
        moved(line(LOST, fewer("received")), lost),
        line(PARTLY, set("in_transit_value = in_transit_value + 1"))
            .breaks(VALUE_ON_ITS_WAY, partly)
            .breaks(IN_TRANSIT, BOOKS),
        line(PARTLY, set("in_transit_value = 0"))
            .breaks(VALUE_ON_ITS_WAY, partly)
            .breaks(IN_TRANSIT, BOOKS),
        transfer("status = 'DRAFT'", set("status = 'CANCELLED'")).breaks(OPEN, draft),
        transfer("status = 'IN_TRANSIT'", set("status = 'DRAFT'")).breaks(OPEN, partly),
        transfer("status = 'CLOSED'", set("status = 'DRAFT'")).breaks(OPEN, lost),
    ]
}

/// Movements of goods that leave: from the warehouse, into transit.
fn transfer_movements(documents: &Documents) -> Vec<Corruption> {
    let (main, partly, lost) = (&documents.main, &documents.partly, &documents.lost);
    let wanted = format!("{} AND to_place = 'TRANSIT'", of_transfer(PARTLY));
    let movement = |deed: Deed| corrupt("stock_movement", wanted.as_str(), deed);
    let whole = |row: Corruption| {
        row.breaks(SELLABLE, main)
            .breaks(VALUE, main)
            .breaks(ON_ITS_WAY, partly)
            .breaks(VALUE_ON_ITS_WAY, partly)
    };
    let of_another =
        format!("stock_transfer_line_id = (SELECT id FROM stock_transfer_line WHERE {LOST})");
    vec![
        movement(lifted("quantity"))
            .breaks(SELLABLE, main)
            .breaks(ON_ITS_WAY, partly),
        movement(set("value = value + 1"))
            .breaks(VALUE, main)
            .breaks(VALUE_ON_ITS_WAY, partly),
        whole(movement(Deed::Delete)),
        whole(movement(Deed::Duplicate)),
        movement(set(of_another))
            .breaks(ON_ITS_WAY, partly)
            .breaks(VALUE_ON_ITS_WAY, partly)
            .breaks(ON_ITS_WAY, lost)
            .breaks(VALUE_ON_ITS_WAY, lost),
    ]
}

/// Movements of goods that arrive, and of those that were lost.
fn arrivals(documents: &Documents) -> Vec<Corruption> {
    let (side, partly, lost) = (&documents.side, &documents.partly, &documents.lost);
    let arrived = format!("{} AND to_place = 'SELLABLE'", of_transfer(PARTLY));
    let gone = format!("{} AND to_place = 'OUTSIDE'", of_transfer(LOST));
    let arrival = |deed: Deed| corrupt("stock_movement", arrived.as_str(), deed);
    let loss = |deed: Deed| corrupt("stock_movement", gone.as_str(), deed);
    let whole_arrival = |row: Corruption| {
        row.breaks(SELLABLE, side)
            .breaks(VALUE, side)
            .breaks(ON_ITS_WAY, partly)
            .breaks(VALUE_ON_ITS_WAY, partly)
    };
    let whole_loss = |row: Corruption| row.breaks(ON_ITS_WAY, lost).breaks(VALUE_ON_ITS_WAY, lost);
    vec![
        arrival(lifted("quantity"))
            .breaks(SELLABLE, side)
            .breaks(ON_ITS_WAY, partly),
        arrival(set("value = value + 1"))
            .breaks(VALUE, side)
            .breaks(VALUE_ON_ITS_WAY, partly),
        whole_arrival(arrival(Deed::Delete)),
        whole_arrival(arrival(Deed::Duplicate)),
        loss(lifted("quantity")).breaks(ON_ITS_WAY, lost),
        loss(set("value = value + 1")).breaks(VALUE_ON_ITS_WAY, lost),
        whole_loss(loss(Deed::Delete)),
        whole_loss(loss(Deed::Duplicate)),
    ]
}

/// What transfers promise: the goods of a draft are reserved, those on their way are incoming.
fn transfer_promises(documents: &Documents) -> Vec<Corruption> {
    let Documents {
        main,
        side,
        draft,
        partly,
        ..
    } = documents;
    let of_draft = of_transfer(DRAFT);
    let announced = format!("{} AND incoming > 0", of_transfer(PARTLY));
    let arrived = format!("{} AND incoming < 0", of_transfer(PARTLY));
    let incoming = |wanted: &str, deed: Deed| {
        corrupt("commitment", wanted, deed)
            .breaks(INCOMING, side)
            .breaks(EXPECTED, partly)
    };
    let on_its_way = "stock_transfer_line_id IS NOT NULL AND incoming > 0";
    let supply = |deed: Deed| corrupt("supply", on_its_way, deed).breaks(SUPPLY, side);
    let reserved =
        |deed: Deed| corrupt("commitment", of_draft.as_str(), deed).breaks(RESERVED, main);
    let holds = |deed: Deed| {
        corrupt("reservation", of_draft.as_str(), deed)
            .breaks(HELD, main)
            .breaks(OPEN, draft)
    };
    vec![
        incoming(&announced, lifted("incoming")),
        incoming(&announced, Deed::Delete),
        incoming(&announced, Deed::Duplicate),
        incoming(&arrived, Deed::Delete),
        incoming(&arrived, Deed::Duplicate),
        supply(lifted("incoming")),
        supply(set("incoming = 0")),
        supply(Deed::Delete),
        reserved(lifted("reserved")),
        reserved(Deed::Delete),
        reserved(Deed::Duplicate),
        holds(lifted("reserved")),
        holds(set("reserved = 0, state = 'CONSUMED'")),
        holds(Deed::Delete),
    ]
}

fn adjustments(documents: &Documents) -> Vec<Corruption> {
    let (up, down) = (&documents.up, &documents.down);
    let line = |wanted: &str, deed: Deed| corrupt("stock_adjustment_line", wanted, deed);
    let nail = of_sku("NAIL");
    let found = &*format!("delta > 0 AND {nail}");
    let taken = &*format!("delta < 0 AND reversed_value = 0 AND {nail}");
    let undone = documents.undone.as_str();
    vec![
        line(found, lifted("delta")).breaks(CORRECTED, up),
        line(taken, lifted("delta")).breaks(CORRECTED, down),
        line(found, set("value = value + 1")).breaks(CORRECTED_VALUE, up),
        line(taken, set("value = value + 1")).breaks(CORRECTED_VALUE, down),
        line(found, set("delta = -delta, value = -value"))
            .breaks(CORRECTED, up)
            .breaks(CORRECTED_VALUE, up),
        line(
            "reversed_value > 0",
            set("reversed_value = reversed_value + 1"),
        )
        .breaks(UNDONE_VALUE, undone),
        corrupt(
            "stock_adjustment",
            "status = 'REVERSED'",
            set("status = 'POSTED', reversed_at = NULL"),
        )
        .breaks(UNDONE, undone),
    ]
}

fn adjustment_movements(documents: &Documents) -> Vec<Corruption> {
    let (main, up, down) = (&documents.main, &documents.up, &documents.down);
    let undone = documents.undone.as_str();
    let nail = of_sku("NAIL");
    let back = "stock_adjustment_line_id IS NOT NULL AND reverses_id IS NOT NULL";
    let mut rows = vec![
        corrupt("stock_movement", back, set("value = value + 1"))
            .breaks(VALUE, main)
            .breaks(UNDONE_VALUE, undone),
        corrupt("stock_movement", back, lifted("quantity"))
            .breaks(SELLABLE, main)
            .breaks(UNDONE, undone),
    ];
    for (side, line) in [("from_place", up), ("to_place", down)] {
        let wanted = format!(
            "{side} = 'OUTSIDE' AND stock_adjustment_line_id IN (
                SELECT id FROM stock_adjustment_line WHERE reversed_value = 0 AND {nail})"
        );
        let movement = |deed: Deed| corrupt("stock_movement", wanted.as_str(), deed);
        let whole = |row: Corruption| {
            row.breaks(SELLABLE, main)
                .breaks(VALUE, main)
                .breaks(CORRECTED, line)
                .breaks(CORRECTED_VALUE, line)
        };
        rows.extend([
            movement(lifted("quantity"))
                .breaks(SELLABLE, main)
                .breaks(CORRECTED, line),
            movement(set("value = value + 1"))
                .breaks(VALUE, main)
                .breaks(CORRECTED_VALUE, line),
            whole(movement(Deed::Delete)),
            whole(movement(Deed::Duplicate)),
        ]);
    }
    rows
}

fn counts(documents: &Documents) -> Vec<Corruption> {
    let (counted, uncounted) = (&documents.counted, &documents.uncounted);
    let count = |wanted: &str, deed: Deed| corrupt("stock_count", wanted, deed);
    let line = |wanted: &str, deed: Deed| corrupt("stock_count_line", wanted, deed);
    let (posted, open) = ("status = 'POSTED'", "status = 'OPEN'");
    vec![
        line("times_counted = 1", lifted("counted")).breaks(DIFFERENCES, counted),
        count(posted, set("stock_adjustment_id = NULL")).breaks(DIFFERENCES, counted),
        line("times_counted = 0", set("open_warehouse_id = NULL")).breaks(TAKEN, uncounted),
        count(open, set("status = 'CANCELLED'")).breaks(TAKEN, uncounted),
        count(open, set("status = 'COUNTED'")).breaks(ALL_COUNTED, uncounted),
    ]
}

fn holds(documents: &Documents) -> Vec<Corruption> {
    let Documents {
        main,
        held,
        released,
        ..
    } = documents;
    let hold = |deed: Deed| corrupt("stock_hold", "status = 'ACTIVE'", deed);
    let keeps = "stock_hold_line_id IS NOT NULL AND reserved > 0";
    let of_held = format!(
        "{keeps} AND stock_hold_line_id IN (SELECT line.id FROM stock_hold_line AS line \
         JOIN stock_hold ON stock_hold.id = line.stock_hold_id \
         WHERE stock_hold.status = 'ACTIVE')"
    );
    let ended = format!("{} AND state = 'RELEASED'", of_sku("NAIL"));
    let reservation = |wanted: &str, deed: Deed| corrupt("reservation", wanted, deed);
    let commitment = |deed: Deed| corrupt("commitment", of_held.as_str(), deed);
    vec![
        hold(set("status = 'RELEASED'")).breaks(HOLD_ENDED, held),
        hold(set("status = 'EXPIRED'")).breaks(HOLD_ENDED, held),
        reservation(keeps, lifted("reserved")).breaks(HELD, main),
        reservation(keeps, set("reserved = 0, state = 'CONSUMED'")).breaks(HELD, main),
        reservation(keeps, Deed::Delete).breaks(HELD, main),
        reservation(&ended, set(format!("state = 'ACTIVE', reserved = {PIECE}")))
            .breaks(HELD, main)
            .breaks(HOLD_ENDED, released),
        commitment(lifted("reserved")).breaks(RESERVED, main),
        commitment(Deed::Delete).breaks(RESERVED, main),
        commitment(Deed::Duplicate).breaks(RESERVED, main),
    ]
}
