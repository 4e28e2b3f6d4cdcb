//! What the accounts say about Northwind, and what they should say.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::asking::{GraphQl, decimal, list};
use super::books::Books;
use super::data::{Northwind, Order};

const AGING: &str = "query($day: Date) { receivablesAging(asOf: $day) {
    total { amount } credit { amount } buckets { amount { amount } }
    customers(first: 250) { customer { code } total { amount } }
} }";
const BALANCE: &str = "query($day: Date) { trialBalance(asOf: $day) {
    debit { amount } credit { amount } accounts { account balance { amount } }
} }";

/// What customers owed at the end of a day.
#[derive(Clone, Debug, Default)]
struct Aging {
    total: Decimal,
    credit: Decimal,
    buckets: Vec<Decimal>,
    by_customer: BTreeMap<String, Decimal>,
}

/// The accounts as they are read back through the API.
#[derive(Clone, Debug)]
pub struct Receivables {
    last: Aging,
    midst: Aging,
    debit: Decimal,
    credit: Decimal,
    accounts: BTreeMap<String, Decimal>,
}

impl Receivables {
    /// Reads them: of the last day, and what was owed in the midst of it.
    pub async fn read(api: &impl GraphQl, last: &str, midst: &str) -> Result<Self, String> {
        let mut data = api.ask(BALANCE, json!({ "day": last })).await?;
        let balance = data["trialBalance"].take();
        let mut accounts = BTreeMap::new();
        for one in list(&balance["accounts"])? {
            let name = one["account"].as_str().unwrap_or_default();
            accounts.insert(name.to_owned(), decimal(&one["balance"]["amount"])?);
        }
        Ok(Self {
            last: aging(api, last).await?,
            midst: aging(api, midst).await?,
            debit: decimal(&balance["debit"]["amount"])?,
            credit: decimal(&balance["credit"]["amount"])?,
            accounts,
        })
    }

    /// Everything in which the accounts and the files differ, computed from the files alone; what
    /// goods had cost is the server's own figure, which the stock was compared with.
    pub fn differences(
        &self,
        data: &Northwind,
        books: &Books,
        (last, midst): (&str, &str),
    ) -> Vec<String> {
        let mut found = Vec::new();
        for (aging, day) in [(&self.last, last), (&self.midst, midst)] {
            found.extend(aging.differences(data, day));
        }
        let billed: Decimal = data.shipped().map(Order::gross).sum();
        let paid: Decimal = data.paid().map(Order::gross).sum();
        let received = data.products.iter();
        let received: Decimal = received
            .map(|one| data.received(one) * one.list_price)
            .sum();
        let expected = [
            ("ACCOUNTS_RECEIVABLE", billed - paid),
            ("CASH", paid),
            ("REVENUE", -billed),
            ("INVENTORY", received - books.shipped_cost),
            ("COST_OF_GOODS_SOLD", books.shipped_cost),
            ("GOODS_RECEIVED_NOT_BILLED", -received),
        ];
        for (account, expected) in expected {
            let here = self.accounts.get(account).copied().unwrap_or_default();
            if here != expected {
                found.push(format!("{account}: {here}, but the files say {expected}"));
            }
        }
        let others: Decimal = self
            .accounts
            .iter()
            .filter(|(name, _)| !expected.iter().any(|(known, _)| known == name))
            .map(|(_, balance)| balance.abs())
            .sum();
        if !others.is_zero() || self.debit != self.credit {
            found.push(format!("other accounts have {others}; {self:?}"));
        }
        found
    }
}

async fn aging(api: &impl GraphQl, day: &str) -> Result<Aging, String> {
    let data = api.ask(AGING, json!({ "day": day })).await?;
    let answer = &data["receivablesAging"];
    let amount = |value: &Value| decimal(&value["amount"]);
    let mut aging = Aging {
        total: amount(&answer["total"])?,
        credit: amount(&answer["credit"])?,
        ..Aging::default()
    };
    for bucket in list(&answer["buckets"])? {
        aging.buckets.push(amount(&bucket["amount"])?);
    }
    for customer in list(&answer["customers"])? {
        let code = customer["customer"]["code"].as_str().unwrap_or_default();
        let total = amount(&customer["total"])?;
        aging.by_customer.insert(code.to_owned(), total);
    }
    Ok(aging)
}

impl Aging {
    /// Bills are paid on the day they are due: nothing is ever overdue, and nobody has credit.
    fn differences(&self, data: &Northwind, day: &str) -> Vec<String> {
        let owed = data.owed_on(day);
        let total: Decimal = owed.values().sum();
        let (not_due, overdue) = self.buckets.split_first().expect("there are buckets");
        let overdue: Decimal = overdue.iter().sum();
        let mut found = Vec::new();
        for (what, here, expected) in [
            ("total", self.total, total),
            ("not due", *not_due, total),
            ("overdue", overdue, Decimal::ZERO),
            ("credit", self.credit, Decimal::ZERO),
        ] {
            if here != expected {
                found.push(format!(
                    "{what} on {day}: {here}, but the files say {expected}"
                ));
            }
        }
        let here = self.by_customer.iter();
        let here: BTreeMap<&str, Decimal> = here.map(|(code, sum)| (&**code, *sum)).collect();
        if here != owed {
            found.push(format!(
                "customers on {day}: {here:?}, but the files say {owed:?}"
            ));
        }
        found
    }
}
