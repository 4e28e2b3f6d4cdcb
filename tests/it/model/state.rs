//! The model: what the world looks like after the commands so far. Plain data, and arithmetic that
//! knows nothing of the server's code.

use super::money::{Items, line_amounts};
use super::stock::{Demand, GOODS, Place, Stock};

pub const CUSTOMERS: usize = 4;
pub const SUPPLIERS: usize = 3;
/// Of one of each variant, in cents. The last one is freight, which is not kept in stock.
pub const PRICES: [i64; GOODS + 1] = [1_000, 333, 777, 99, 1_250, 500];
/// In millionths.
pub const TAX: [i64; GOODS + 1] = [190_000, 190_000, 0, 0, 190_000, 190_000];
/// In cents.
pub const LIMITS: [Option<i64>; CUSTOMERS] = [None, None, Some(50_000), Some(20_000)];
/// This one has a price list, and pays in two instalments.
pub const LISTED: usize = 1;
pub const EXEMPT: usize = 3;
/// From this amount on, in cents, an order to a supplier is approved by somebody else.
pub const APPROVED_FROM: i64 = 20_000;

#[derive(Clone, Debug, Default)]
pub struct Order {
    pub id: String,
    pub customer: usize,
    pub status: &'static str,
    pub lines: Vec<OrderLine>,
    /// By how much its priority is above the normal one.
    pub urgency: i64,
    /// How many holds stand on it.
    pub holds: usize,
    /// What its invoices come to.
    pub invoiced: i64,
}

#[derive(Clone, Debug, Default)]
pub struct OrderLine {
    pub id: String,
    pub variant: usize,
    /// Zero when the line was taken off.
    pub quantity: i64,
    pub price: i64,
    pub discount: i64,
    pub warehouse: usize,
    pub shipped: i64,
    pub allocated: i64,
    pub closed: i64,
    pub invoiced: i64,
}

impl OrderLine {
    pub fn is_goods(&self) -> bool {
        self.variant < GOODS
    }
}

impl Order {
    pub fn gross(&self) -> i64 {
        let gross = |line: &OrderLine| {
            let rate = tax(self.customer, line.variant);
            let (net, tax) = line_amounts(line.quantity, line.price, line.discount, rate);
            net + tax
        };
        self.lines.iter().map(gross).sum()
    }

    pub fn is_shipped(&self) -> bool {
        self.lines.iter().any(|line| line.shipped > 0)
    }

    pub fn is_allocated(&self) -> bool {
        self.lines.iter().any(|line| line.allocated > 0)
    }

    pub fn is_billed(&self) -> bool {
        self.lines.iter().any(|line| line.invoiced > 0)
    }

    pub fn fulfilment(&self) -> &'static str {
        let goods = || self.lines.iter().filter(|line| line.is_goods());
        if goods().all(|line| line.shipped == line.quantity) {
            "FULL"
        } else if goods().all(|line| line.shipped == 0) {
            "NONE"
        } else {
            "PARTIAL"
        }
    }

    pub fn billing(&self) -> &'static str {
        if !self.is_billed() {
            "NONE"
        } else if self.lines.iter().all(|line| line.invoiced >= line.quantity) {
            "FULL"
        } else {
            "PARTIAL"
        }
    }

    /// What is all shipped and all billed closes by itself.
    pub fn close_when_done(&mut self) {
        let is_done = self.fulfilment() == "FULL" && self.billing() == "FULL";
        if self.status == "CONFIRMED" && is_done {
            self.status = "CLOSED";
        }
    }

    pub fn can_be_cancelled(&self) -> bool {
        self.status == "CONFIRMED" && self.can_be_edited()
    }

    pub fn can_be_edited(&self) -> bool {
        !self.is_shipped() && !self.is_allocated() && !self.is_billed()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Fulfilment {
    pub id: String,
    pub order: usize,
    pub warehouse: usize,
    pub status: &'static str,
    pub lines: Vec<FulfilmentLine>,
}

impl Fulfilment {
    pub fn has_left(&self) -> bool {
        matches!(self.status, "SHIPPED" | "DELIVERED")
    }

    pub fn is_open(&self) -> bool {
        matches!(self.status, "PENDING" | "PICKED" | "PACKED")
    }
}

#[derive(Clone, Debug, Default)]
pub struct FulfilmentLine {
    pub id: String,
    /// Of the order.
    pub line: usize,
    pub quantity: i64,
    /// In millionths.
    pub cost: i64,
    pub is_invoiced: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Invoice {
    pub id: String,
    pub number: String,
    pub customer: usize,
    pub lines: Vec<InvoiceLine>,
}

impl Invoice {
    pub fn is_void(&self) -> bool {
        self.lines.iter().all(InvoiceLine::is_credited)
    }
}

#[derive(Clone, Debug, Default)]
pub struct InvoiceLine {
    pub id: String,
    /// The fulfilment and its line; none of charges.
    pub shipped: Option<(usize, usize)>,
    /// What is not credited yet: how much, net and tax.
    pub left: (i64, i64, i64),
    pub gross: i64,
}

impl InvoiceLine {
    pub fn is_credited(&self) -> bool {
        let (quantity, net, tax) = self.left;
        net == 0 && tax == 0 && (quantity == 0 || self.gross > 0)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Payment {
    pub id: String,
    pub item: usize,
    pub is_reversed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Return {
    pub id: String,
    pub order: usize,
    pub warehouse: usize,
    pub status: &'static str,
    pub is_credited: bool,
    pub lines: Vec<ReturnLine>,
}

#[derive(Clone, Debug, Default)]
pub struct ReturnLine {
    pub id: String,
    pub shipped: (usize, usize),
    pub variant: usize,
    pub quantity: i64,
    pub received: i64,
    pub sent_back: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Purchase {
    pub id: String,
    pub warehouse: usize,
    pub status: &'static str,
    pub lines: Vec<PurchaseLine>,
}

impl Purchase {
    pub fn receiving(&self) -> &'static str {
        let lines = || self.lines.iter();
        if lines().all(|line| line.delivered() == 0) {
            "NONE"
        } else if lines().any(|line| line.delivered() < line.quantity) {
            "PARTIAL"
        } else if lines().any(|line| line.delivered() > line.quantity) {
            "OVER"
        } else {
            "FULL"
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct PurchaseLine {
    pub id: String,
    pub variant: usize,
    pub quantity: i64,
    pub price: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub closed: i64,
}

impl PurchaseLine {
    pub fn delivered(&self) -> i64 {
        self.accepted + self.rejected
    }

    pub fn open(&self) -> i64 {
        (self.quantity - self.delivered() - self.closed).max(0)
    }

    /// How much more may come, a tenth more than ordered.
    pub fn room(&self) -> i64 {
        (self.quantity - self.closed + self.quantity / 10 - self.delivered()).max(0)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Receipt {
    pub id: String,
    pub warehouse: usize,
    pub purchase: Option<usize>,
    pub is_reversed: bool,
    pub lines: Vec<ReceiptLine>,
}

/// Quantities and values, in millionths, of what was accepted and of what was rejected.
#[derive(Clone, Debug, Default)]
pub struct ReceiptLine {
    pub variant: usize,
    /// Of the order.
    pub line: usize,
    pub accepted: (i64, i64),
    pub rejected: (i64, i64),
}

/// A correction of one level.
#[derive(Clone, Debug)]
pub struct Adjustment {
    pub id: String,
    pub at: (usize, usize),
    pub place: Place,
    pub delta: i64,
    /// What came in or went out, in millionths.
    pub value: i64,
    pub is_reversed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Transfer {
    pub id: String,
    pub from: usize,
    pub to: usize,
    pub status: &'static str,
    pub lines: Vec<TransferLine>,
}

#[derive(Clone, Debug, Default)]
pub struct TransferLine {
    pub id: String,
    pub variant: usize,
    pub quantity: i64,
    /// On its way, and its value in millionths.
    pub on_its_way: i64,
    pub value: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Hold {
    pub id: String,
    pub status: &'static str,
    /// Variant, warehouse and quantity.
    pub lines: Vec<(usize, usize, i64)>,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub stock: Stock,
    pub money: Items,
    pub orders: Vec<Order>,
    pub fulfilments: Vec<Fulfilment>,
    pub invoices: Vec<Invoice>,
    pub payments: Vec<Payment>,
    pub returns: Vec<Return>,
    pub purchases: Vec<Purchase>,
    pub receipts: Vec<Receipt>,
    pub adjustments: Vec<Adjustment>,
    pub transfers: Vec<Transfer>,
    pub holds: Vec<Hold>,
}

/// What a variant is taxed with when a customer buys it.
pub fn tax(customer: usize, variant: usize) -> i64 {
    if customer == EXEMPT { 0 } else { TAX[variant] }
}

/// What a customer pays for one of so many.
pub fn price(customer: usize, variant: usize, quantity: i64) -> i64 {
    match (customer, variant) {
        (LISTED, 0) if quantity >= 10 => 800,
        (LISTED, 0) => 900,
        _ => PRICES[variant],
    }
}

impl State {
    /// What a customer's confirmed orders come to that was not invoiced.
    pub fn ordered(&self, customer: usize) -> i64 {
        let counts = |order: &&Order| {
            order.customer == customer && order.status == "CONFIRMED" && order.billing() != "FULL"
        };
        let orders = self.orders.iter().filter(counts);
        orders.map(|order| order.gross() - order.invoiced).sum()
    }

    /// Whether so much more fits in the customer's limit.
    pub fn fits(&self, customer: usize, more: i64) -> bool {
        let left = |limit: i64| limit - self.money.balance(customer) - self.ordered(customer);
        LIMITS[customer].is_none_or(|limit| more <= left(limit).max(0))
    }

    /// What is held for an order's line in a warehouse and in no fulfilment.
    pub fn free(&self, order: usize, line: usize, warehouse: usize) -> i64 {
        let held = self.stock.held(Demand::Order(order, line), warehouse);
        let of_it =
            |one: &&Fulfilment| one.order == order && one.warehouse == warehouse && one.is_open();
        let lines = self
            .fulfilments
            .iter()
            .filter(of_it)
            .flat_map(|one| &one.lines);
        let set_aside = lines.filter(|one| one.line == line).map(|one| one.quantity);
        (held - set_aside.sum::<i64>()).max(0)
    }

    /// How much of what a line shipped can still come back.
    pub fn returnable(&self, shipped: (usize, usize)) -> i64 {
        let claimed = |one: &Return| {
            let lines = one.lines.iter().filter(|line| line.shipped == shipped);
            let claimed = lines.map(|line| match one.status {
                "REQUESTED" | "APPROVED" => line.quantity,
                "REJECTED" | "CANCELLED" => 0,
                _ => line.received - line.sent_back,
            });
            claimed.sum::<i64>()
        };
        let claimed: i64 = self.returns.iter().map(claimed).sum();
        self.fulfilments[shipped.0].lines[shipped.1].quantity - claimed
    }
}
