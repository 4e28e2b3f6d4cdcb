//! What a server says after the month, and in what it differs from the files.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::asking::{GraphQl, decimal, list, pages};
use super::data::Retail;
use super::replay::WAREHOUSE;
use super::sums::{Billed, Flow, Sums, Worth};

const RECEIPTS: &str = "query($after: String) { page: goodsReceipts(first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { lines { variant { sku } quantity value { amount } } }
} }";
const ORDERS: &str = "query($after: String) { page: salesOrders(first: 40, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { externalId status fulfilments { lines { variant { sku } quantity cost { amount } } } }
} }";
const RETURNS: &str = "query($after: String) { page: customerReturns(first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { externalId status lines { variant { sku } restocked cost { amount } } }
} }";
const CORRECTIONS: &str = "query($after: String) {
    page: stockAdjustments(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { lines { variant { sku } delta value { amount } } }
    }
}";
const LEVELS: &str = "query($after: String, $filter: StockLevelFilter) {
    page: stockLevels(first: 250, after: $after, filter: $filter) {
        pageInfo { hasNextPage endCursor }
        nodes { variant { sku } onHand available value { amount } }
    }
}";
const INVOICES: &str = "query($after: String) { page: invoices(first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { externalId net { amount } lines {
        variant { sku } quantity unitPrice net { amount } creditedQuantity credited { amount }
    } }
} }";
const CREDIT_NOTES: &str = "query($after: String) { page: creditNotes(first: 250, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { gross { amount } invoice { externalId } }
} }";
const BALANCE: &str = "query($day: Date) { trialBalance(asOf: $day) {
    debit { amount } credit { amount } accounts { account balance { amount } }
} }";

/// The figures of a replay, read back through the API.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// By SKU.
    pub products: BTreeMap<String, Flow>,
    /// By number, sorted.
    pub bills: BTreeMap<String, Vec<Billed>>,
    /// Orders that are shipped and billed in full.
    pub closed: usize,
    /// Orders that are not.
    pub open: usize,
    /// Levels of which what can be promised is not what is there.
    pub promised: usize,
    /// What the invoices come to.
    pub net: Decimal,
    /// What the credit notes come to.
    pub credited: Decimal,
    /// The balances of the company's accounts, and that debits are credits.
    accounts: BTreeMap<String, Decimal>,
    is_balanced: bool,
}

impl Books {
    /// Reads them, page by page; only what this replay brought.
    pub async fn read(api: &impl GraphQl, data: &Retail) -> Result<Self, String> {
        let mut books = Self::default();
        for receipt in pages(api, RECEIPTS, json!({})).await? {
            books.lines(&receipt, ("quantity", "value"), |flow| &mut flow.received)?;
        }
        for order in pages(api, ORDERS, json!({})).await?.iter().filter(is_ours) {
            let is_closed = order["status"] == "CLOSED";
            books.closed += usize::from(is_closed);
            books.open += usize::from(!is_closed);
            for fulfilment in list(&order["fulfilments"])? {
                books.lines(fulfilment, ("quantity", "cost"), |flow| &mut flow.shipped)?;
            }
        }
        for one in pages(api, RETURNS, json!({})).await?.iter().filter(is_ours) {
            books.open += usize::from(one["status"] != "CLOSED");
            books.lines(one, ("restocked", "cost"), |flow| &mut flow.returned)?;
        }
        for correction in pages(api, CORRECTIONS, json!({})).await? {
            books.lines(&correction, ("delta", "value"), |flow| &mut flow.adjusted)?;
        }
        let filter = json!({ "filter": { "warehouses": [{ "code": WAREHOUSE }] } });
        for level in pages(api, LEVELS, filter).await? {
            books.promised += usize::from(level["onHand"] != level["available"]);
            let level = json!({ "lines": [level] });
            books.lines(&level, ("onHand", "value"), |flow| &mut flow.there)?;
        }
        for invoice in pages(api, INVOICES, json!({}))
            .await?
            .iter()
            .filter(is_ours)
        {
            books.invoice(invoice)?;
        }
        for note in pages(api, CREDIT_NOTES, json!({})).await? {
            if is_ours(&&note["invoice"]) {
                books.credited += decimal(&note["gross"]["amount"])?;
            }
        }
        books.balance(api, data.last_day()).await?;
        Ok(books)
    }

    fn flow(&mut self, line: &Value) -> Option<&mut Flow> {
        let sku = line["variant"]["sku"].as_str().unwrap_or_default();
        sku.starts_with("OR-")
            .then(|| self.products.entry(sku.to_owned()).or_default())
    }

    fn lines(
        &mut self,
        document: &Value,
        (units, money): (&str, &str),
        part: impl Fn(&mut Flow) -> &mut Worth,
    ) -> Result<(), String> {
        for line in list(&document["lines"])? {
            if let Some(flow) = self.flow(line) {
                part(flow).add(decimal(&line[units])?, decimal(&line[money]["amount"])?);
            }
        }
        Ok(())
    }

    fn invoice(&mut self, invoice: &Value) -> Result<(), String> {
        self.net += decimal(&invoice["net"]["amount"])?;
        let mut bill = Vec::new();
        for line in list(&invoice["lines"])? {
            let (units, net) = (
                decimal(&line["quantity"])?,
                decimal(&line["net"]["amount"])?,
            );
            let credited = decimal(&line["credited"]["amount"])?;
            let credited_units = decimal(&line["creditedQuantity"])?;
            if let Some(flow) = self.flow(line) {
                flow.billed.add(units, net);
                flow.credited.add(credited_units, credited);
            }
            let sku = line["variant"]["sku"].as_str().unwrap_or_default();
            bill.push((sku.to_owned(), units, decimal(&line["unitPrice"])?, net));
        }
        bill.sort();
        let number = invoice["externalId"].as_str().unwrap_or_default();
        self.bills.insert(number.to_owned(), bill);
        Ok(())
    }

    async fn balance(&mut self, api: &impl GraphQl, day: &str) -> Result<(), String> {
        let mut data = api.ask(BALANCE, json!({ "day": day })).await?;
        let balance = data["trialBalance"].take();
        self.is_balanced = balance["debit"] == balance["credit"];
        for one in list(&balance["accounts"])? {
            let account = one["account"].as_str().unwrap_or_default();
            self.accounts
                .insert(account.to_owned(), decimal(&one["balance"]["amount"])?);
        }
        Ok(())
    }

    /// Everything in which the server and the files differ, by what was computed from the files.
    pub fn differences(&self, sums: &Sums) -> Vec<String> {
        let mut found = Vec::new();
        let none = Flow::default();
        let skus = sums.products.keys().chain(self.products.keys());
        let skus: std::collections::BTreeSet<&String> = skus.collect();
        for sku in skus {
            let here = self.products.get(sku).unwrap_or(&none);
            let expected = sums.products.get(sku).unwrap_or(&none);
            if here != expected {
                found.push(format!("{sku}: {here:?}, but the files say {expected:?}"));
            }
            // Whatever the fates: what came in and did not leave is there.
            let left = sums.left.get(sku).copied().unwrap_or_default();
            if here.there.units != here.received.units - left {
                found.push(format!("{sku}: {left} left by the files, but {here:?}"));
            }
        }
        for (number, expected) in &sums.bills {
            if self.bills.get(number) != Some(expected) {
                let here = self.bills.get(number);
                found.push(format!(
                    "{number}: {here:?}, but the files say {expected:?}"
                ));
            }
        }
        for (what, here, expected) in [
            ("bills", self.bills.len().into(), sums.bills.len().into()),
            ("closed orders", self.closed.into(), sums.bills.len().into()),
            ("open documents", self.open.into(), Decimal::ZERO),
            ("levels with promises", self.promised.into(), Decimal::ZERO),
            ("money", self.net - self.credited + sums.listed, sums.money),
        ] {
            if here != expected {
                found.push(format!("{what}: {here}, but the files say {expected}"));
            }
        }
        found
    }

    /// Everything in which the company's accounts and the files differ.
    pub fn account_differences(&self, sums: &Sums) -> Vec<String> {
        let total = |part: fn(&Flow) -> Worth| -> Decimal {
            sums.products.values().map(|flow| part(flow).money).sum()
        };
        let owed = total(|flow| flow.billed) - total(|flow| flow.credited);
        let sold = total(|flow| flow.shipped) - total(|flow| flow.returned);
        let expected = [
            ("ACCOUNTS_RECEIVABLE", owed),
            ("REVENUE", -owed),
            ("INVENTORY", total(|flow| flow.there)),
            ("COST_OF_GOODS_SOLD", sold),
            ("INVENTORY_ADJUSTMENT", -total(|flow| flow.adjusted)),
            ("GOODS_RECEIVED_NOT_BILLED", -total(|flow| flow.received)),
        ];
        let mut found = Vec::new();
        for (account, expected) in expected {
            let here = self.accounts.get(account).copied().unwrap_or_default();
            if here != expected {
                found.push(format!("{account}: {here}, but the files say {expected}"));
            }
        }
        let is_other = |name: &str| !expected.iter().any(|(known, _)| *known == name);
        let others = self.accounts.iter().filter(|(name, _)| is_other(name));
        let others: Decimal = others.map(|(_, balance)| balance.abs()).sum();
        if !others.is_zero() || !self.is_balanced {
            found.push(format!("other accounts have {others}; {:?}", self.accounts));
        }
        found
    }
}

/// Whether a document is of this replay.
fn is_ours(document: &&Value) -> bool {
    let id = document["externalId"].as_str();
    id.is_some_and(|id| id.starts_with("OR-"))
}
