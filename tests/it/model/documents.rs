//! The model's documents as lines, as `compare` reads the server's.

use super::state::State;
use super::stock::{Demand, WAREHOUSES};

fn line(name: &str, id: &str, states: &[&str], lines: Vec<Vec<i64>>) -> String {
    let mut text = format!("{name} {id}: {}", states.join(" "));
    for numbers in lines.into_iter().filter(|numbers| numbers[0] != 0) {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        text.push_str(&format!(" [{}]", numbers.join(" ")));
    }
    text
}

/// The status of what stands until it is reversed.
fn standing(is_reversed: bool) -> &'static str {
    if is_reversed { "REVERSED" } else { "POSTED" }
}

impl State {
    /// All documents.
    pub fn document_lines(&self) -> Vec<String> {
        let mut lines = self.order_lines();
        lines.extend(self.stock_lines());
        for one in self.purchases.iter().filter(|one| one.status != "DELETED") {
            let is_over = one.status == "CANCELLED";
            let numbers = one.lines.iter().map(|line| {
                let open = if is_over { 0 } else { line.open() };
                vec![
                    line.quantity,
                    line.closed,
                    line.accepted,
                    line.rejected,
                    open,
                ]
            });
            let states = [one.status, one.receiving()];
            lines.push(line("purchaseOrders", &one.id, &states, numbers.collect()));
        }
        for one in &self.receipts {
            let status = standing(one.is_reversed);
            lines.push(line("goodsReceipts", &one.id, &[status], Vec::new()));
        }
        for one in &self.adjustments {
            let status = standing(one.is_reversed);
            lines.push(line("stockAdjustments", &one.id, &[status], Vec::new()));
        }
        for one in &self.fulfilments {
            lines.push(line("fulfilments", &one.id, &[one.status], Vec::new()));
        }
        for one in &self.returns {
            let numbers = one.lines.iter();
            let numbers = numbers.map(|line| vec![line.quantity, line.received, line.sent_back]);
            lines.push(line(
                "customerReturns",
                &one.id,
                &[one.status],
                numbers.collect(),
            ));
        }
        for one in &self.invoices {
            let status = if one.is_void() { "VOID" } else { "POSTED" };
            lines.push(line("invoices", &one.id, &[status], Vec::new()));
        }
        for one in &self.payments {
            let status = standing(one.is_reversed);
            lines.push(line("payments", &one.id, &[status], Vec::new()));
        }
        lines.sort();
        lines
    }

    fn order_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, order) in self.orders.iter().enumerate() {
            if order.status == "DELETED" {
                continue;
            }
            let numbers = order.lines.iter().enumerate().map(|(place, line)| {
                let demand = Demand::Order(index, place);
                let claims = || self.stock.claims.iter().filter(|one| one.demand == demand);
                let reserved = (0..WAREHOUSES).map(|at| self.stock.held(demand, at)).sum();
                let waiting = claims().map(|one| one.waiting).sum();
                vec![
                    line.quantity,
                    line.shipped,
                    reserved,
                    waiting,
                    line.allocated,
                    line.closed,
                    line.invoiced,
                ]
            });
            let states = [order.status, order.fulfilment(), order.billing()];
            let text = line("salesOrders", &order.id, &states, numbers.collect());
            lines.push(format!("{text} holds {}", order.holds));
        }
        lines
    }

    fn stock_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for one in &self.transfers {
            let mut text = line("stockTransfers", &one.id, &[one.status], Vec::new());
            for line in &one.lines {
                let (quantity, left) = (line.quantity, line.on_its_way);
                text.push_str(&format!(" [{quantity} {left} = {}]", line.value));
            }
            lines.push(text);
        }
        for one in &self.holds {
            lines.push(line("stockHolds", &one.id, &[one.status], Vec::new()));
        }
        lines
    }
}
