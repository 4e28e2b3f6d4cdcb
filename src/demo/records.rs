//! The records that orders refer to: warehouses, terms, suppliers, products, customers, prices.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::catalog::{CATEGORIES, Variant};
use super::customers::{Customer, GROUPS, TERMS, Trade, WAREHOUSES};
use super::history::History;
use super::{Failure, catalog};

/// From this gross amount on, a second person approves what is bought.
pub const APPROVED_FROM: &str = "2500";

/// The tax classes: code, name, rate.
const TAXES: &[(&str, &str, &str)] = &[
    ("STANDARD", "Standard rate", "0.19"),
    ("REDUCED", "Reduced rate", "0.07"),
];

impl History<'_> {
    /// Makes them.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn records(&self) -> Result<(), Failure> {
        self.settings().await?;
        self.categories().await?;
        let suppliers = self.company.suppliers.iter().map(|one| {
            json!({
                "code": one.code, "name": one.name, "currency": one.currency,
                "leadTimeDays": one.lead_days, "paymentTerms": { "code": one.terms },
                "contacts": [{ "name": one.contact, "role": "Sales" }],
                "addresses": [address(one.address, "BILLING")],
            })
        });
        self.make("supplierCreate", suppliers.collect()).await?;
        self.products().await?;
        self.offers().await?;
        self.prices().await?;
        let customers = self.company.customers.iter().map(customer);
        self.make("customerCreate", customers.collect()).await
    }

    async fn make(&self, name: &str, inputs: Vec<Json>) -> Result<(), Failure> {
        let count = inputs.len();
        self.api.each(name, "", inputs).await?;
        self.progress.done(count);
        Ok(())
    }

    async fn settings(&self) -> Result<(), Failure> {
        let named = |(code, name): &(&str, &str)| json!({ "code": code, "name": name });
        let warehouses = WAREHOUSES.iter().map(named).collect();
        self.api.each("warehouseCreate", "", warehouses).await?;
        let terms = TERMS.iter().map(|(code, name, instalments)| {
            let instalments = instalments.iter();
            let parts = instalments.map(|(share, days)| json!({ "share": share, "days": days }));
            let instalments: Vec<Json> = parts.collect();
            json!({ "code": code, "name": name, "instalments": instalments })
        });
        let terms = terms.collect();
        self.api.each("paymentTermsCreate", "", terms).await?;
        let taxes = TAXES
            .iter()
            .map(|(code, name, rate)| json!({ "code": code, "name": name, "rate": rate }));
        let taxes = taxes.collect();
        self.api.each("taxClassCreate", "", taxes).await?;
        let tiers = json!({ "tiers": [{ "fromAmount": APPROVED_FROM }] });
        self.api.one("purchaseApprovalTiersSet", "", tiers).await?;
        Ok(())
    }

    /// Those above come first.
    async fn categories(&self) -> Result<(), Failure> {
        for is_top in [true, false] {
            let level = CATEGORIES.iter().enumerate();
            let level = level.filter(|(_, (.., above))| above.is_empty() == is_top);
            let inputs = level.map(|(position, (code, name, above))| {
                let mut input = json!({ "code": code, "name": name, "position": position });
                if !is_top {
                    input["parent"] = json!({ "code": above });
                }
                input
            });
            self.make("categoryCreate", inputs.collect()).await?;
        }
        Ok(())
    }

    async fn products(&self) -> Result<(), Failure> {
        let catalog = &self.company.catalog;
        let products = catalog.products.iter().map(|product| {
            let variants = catalog.variants[product.variants.clone()].iter();
            let variants: Vec<Json> = variants.map(variant).collect();
            let category = json!({ "code": product.category });
            json!({ "name": product.name, "category": category, "variants": variants })
        });
        self.make("productCreate", products.collect()).await
    }

    async fn offers(&self) -> Result<(), Failure> {
        let variants = self.company.catalog.variants.iter().enumerate();
        let offers = variants.filter_map(|(place, variant)| {
            let supplier = &self.company.suppliers[variant.supplier?];
            // Ten packs at once are a little cheaper.
            let cheaper = (variant.cost * Decimal::new(96, 2)).round_dp(2);
            let prices = json!([
                { "unitPrice": variant.cost },
                { "minimumQuantity": (variant.pack * 10).to_string(), "unitPrice": cheaper },
            ]);
            Some(json!({
                "supplier": { "code": supplier.code }, "variant": { "sku": variant.sku },
                "supplierSku": format!("{}{:04}", &supplier.code[..2], 1_000 + place * 7),
                "isPreferred": true, "minimumQuantity": variant.pack.to_string(),
                "orderMultiple": variant.pack.to_string(), "prices": prices,
            }))
        });
        self.make("supplierItemCreate", offers.collect()).await
    }

    /// Groups of customers, and what those pay who pay less.
    async fn prices(&self) -> Result<(), Failure> {
        for (trade, code, name, has_list) in GROUPS {
            let mut group = json!({ "code": code, "name": name });
            if *has_list {
                let list = json!({ "code": code, "name": format!("Prices for {name}") });
                self.api.one("priceListCreate", "", list).await?;
                let first = self.extent.date(0);
                let variants = self.company.catalog.variants.iter();
                let items = variants.flat_map(|variant| steps(*trade, variant));
                let items: Vec<Json> = items
                    .map(|mut item| {
                        item["validFrom"] = json!(first);
                        item
                    })
                    .collect();
                let items = json!({ "priceList": { "code": code }, "items": items });
                self.api.one("priceListItemsSet", "", items).await?;
                group["priceList"] = json!({ "code": code });
            }
            self.api.one("customerGroupCreate", "", group).await?;
        }
        Ok(())
    }
}

/// The prices of a variant for a trade: by quantity, where it has one of its own.
fn steps(trade: Trade, variant: &Variant) -> Vec<Json> {
    let percents: &[(i64, i64)] = match trade {
        Trade::Gastro if trade.preference(variant.category) > 2 => &[(0, 92), (24, 88)],
        Trade::Retail if trade.preference(variant.category) > 2 => &[(12, 94), (48, 90)],
        _ => &[],
    };
    let steps = percents.iter().map(|(from, percent)| {
        let price = (variant.price * Decimal::new(*percent, 2)).round_dp(2);
        let sku = &variant.sku;
        json!({
            "variant": { "sku": sku }, "minimumQuantity": from.to_string(), "unitPrice": price,
        })
    });
    steps.collect()
}

fn variant(variant: &Variant) -> Json {
    let is_food = variant.category == "PANTRY"
        || variant.category == "COFFEE"
        || variant.category.starts_with("TEA");
    let mut input = json!({
        "sku": variant.sku, "price": variant.price,
        "isStockTracked": variant.supplier.is_some(),
        "taxClass": { "code": if is_food { "REDUCED" } else { "STANDARD" } },
    });
    if !variant.name.is_empty() {
        input["name"] = json!(variant.name);
    }
    input
}

fn customer(customer: &Customer) -> Json {
    let is_abroad = customer.trade == Trade::Export;
    json!({
        "code": customer.code, "name": customer.name, "group": { "code": customer.group },
        "paymentTerms": { "code": customer.terms }, "creditLimit": customer.credit_limit,
        "isTaxExempt": is_abroad,
        "addresses": [address(customer.address, "BILLING"), address(customer.address, "SHIPPING")],
    })
}

fn address([street, postal_code, city, country]: [&str; 4], purpose: &str) -> Json {
    json!({
        "street": street, "postalCode": postal_code, "city": city, "country": country,
        "purpose": purpose,
    })
}

/// A line with so much of a variant.
#[must_use]
pub fn line(catalog: &catalog::Catalog, variant: usize, quantity: i64) -> Json {
    json!({ "variant": { "sku": catalog.variants[variant].sku }, "quantity": quantity.to_string() })
}
