//! The history as it is going to be played: who does what on which day. Pure; the same extent
//! gives the same plan.

pub mod buying;
pub mod selling;
mod shelf;
mod walk;

pub use shelf::Shelf;
pub use walk::plan;

use super::demand::Line;

/// What happens on a day, in the order in which it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A foreign currency gets a new rate.
    Rate,
    /// Goods of a purchase arrive: its place, and which of its arrivals.
    Arrive(usize, usize),
    /// A transfer arrives.
    TransferIn(usize),
    /// What came back is looked at; what is good can be sold again.
    Inspect(usize),
    /// A transfer leaves.
    TransferOut(usize),
    /// An order comes.
    Place(usize),
    /// An order is shipped.
    Ship(usize),
    /// The carrier has brought it.
    Deliver(usize),
    /// An order is billed.
    Bill(usize),
    /// A customer pays.
    Pay(usize),
    /// A customer wants to give something back.
    RequestReturn(usize),
    /// It may.
    ApproveReturn(usize),
    /// It came back.
    ReceiveReturn(usize),
    /// It is credited.
    CreditReturn(usize),
    /// It is settled.
    CloseReturn(usize),
    /// Stock is corrected.
    Count(usize),
    /// Something is ordered from a supplier.
    Buy(usize),
    /// What a supplier owes no more is given up.
    Finish(usize),
}

/// A sales order.
#[derive(Clone, Debug)]
pub struct Order {
    /// When it came.
    pub day: i64,
    /// Who ordered.
    pub customer: usize,
    /// What is there of what was wanted.
    pub lines: Vec<Line>,
    /// Whether bringing it is billed.
    pub has_freight: bool,
    /// When it is shipped and billed.
    pub ships: i64,
    /// Whether something of it comes back.
    pub comes_back: bool,
    /// Whether the carrier tells when it has come.
    pub is_reported: bool,
}

/// A payment of some orders at once.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Who pays.
    pub customer: usize,
    /// The places of the orders whose bills it pays.
    pub orders: Vec<usize>,
}

/// What comes back of an order.
#[derive(Clone, Debug)]
pub struct Return {
    /// The place of the order.
    pub order: usize,
    /// What.
    pub line: Line,
    /// Why.
    pub reason: &'static str,
    /// Whether it can be sold again.
    pub is_good: bool,
}

/// What arrives of a purchase at a time.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The day.
    pub day: i64,
    /// Good, rejected, and missing pieces of each line.
    pub lines: Vec<(i64, i64, i64)>,
}

/// A purchase order.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// When it is sent.
    pub day: i64,
    /// The place of the supplier.
    pub supplier: usize,
    /// When it is expected.
    pub due: i64,
    /// What is ordered.
    pub lines: Vec<Line>,
    /// What arrives.
    pub arrivals: Vec<Arrival>,
}

/// Goods that go from the main warehouse to another.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The day it leaves.
    pub day: i64,
    /// The day it arrives.
    pub arrives: i64,
    /// The place of the warehouse it goes to.
    pub to: usize,
    /// What.
    pub lines: Vec<Line>,
}

/// A correction of stock.
#[derive(Clone, Debug)]
pub struct Count {
    /// The place of the warehouse.
    pub warehouse: usize,
    /// Why.
    pub reason: &'static str,
    /// What is more or less than the books say.
    pub lines: Vec<Line>,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is there on the first day, by warehouse.
    pub opening: Vec<Vec<Line>>,
    /// Sales orders.
    pub orders: Vec<Order>,
    /// What customers pay.
    pub payments: Vec<Payment>,
    /// What comes back.
    pub returns: Vec<Return>,
    /// Purchase orders.
    pub purchases: Vec<Purchase>,
    /// Transfers.
    pub transfers: Vec<Transfer>,
    /// Corrections.
    pub counts: Vec<Count>,
    /// What happens, by day.
    pub steps: Vec<(i64, Step)>,
    /// What is free at the end.
    pub left: Shelf,
}
