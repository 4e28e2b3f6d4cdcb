//! What changed of a record, as the audit log shows it: fields by their names in the schema, ids
//! and numbers in their wire forms. Pure.

use entity::vocab::{
    Amount, CategoryId, CustomerGroupId, PaymentTermsId, PriceListId, ProductId, ProductVariantId,
    SupplierId, TaxClassId, type_id,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::command::Done;

/// Columns that say nothing about a change.
const HIDDEN: &[&str] = &["id", "created_at", "updated_at", "version"];
/// Columns of millionths.
const DECIMALS: &[&str] = &["credit_limit", "price"];

/// What kind of record a column refers to.
fn refers_to(column: &str) -> Option<&'static str> {
    Some(match column {
        "payment_terms_id" => PaymentTermsId::PREFIX,
        "price_list_id" => PriceListId::PREFIX,
        "group_id" => CustomerGroupId::PREFIX,
        "category_id" | "parent_id" => CategoryId::PREFIX,
        "tax_class_id" => TaxClassId::PREFIX,
        "product_id" => ProductId::PREFIX,
        "variant_id" => ProductVariantId::PREFIX,
        "supplier_id" => SupplierId::PREFIX,
        _ => return None,
    })
}

/// A row as the audit log shows it.
fn shown(row: &impl Serialize) -> Json {
    let Ok(Json::Object(columns)) = serde_json::to_value(row) else {
        unreachable!("a row is an object of plain values");
    };
    let is_shown = |name: &str| !HIDDEN.contains(&name) && !name.ends_with("_key");
    let columns = columns.into_iter().filter(|(name, _)| is_shown(name));
    let fields: Map<String, Json> = columns
        .map(|(name, value)| (camel(&name), in_wire_form(&name, value)))
        .collect();
    Json::Object(fields)
}

fn in_wire_form(column: &str, value: Json) -> Json {
    if let (Some(prefix), Some(text)) = (refers_to(column), value.as_str()) {
        let id = Uuid::parse_str(text)
            .ok()
            .and_then(|id| type_id(prefix, id));
        return id.map_or(value, Json::String);
    }
    match value.as_i64().filter(|_| DECIMALS.contains(&column)) {
        Some(millionths) => Json::String(Amount(millionths).to_string()),
        None => value,
    }
}

/// A record accepted as it is now; with what changed of it, unless it is new: then its input says
/// it all.
#[must_use]
pub fn done(id: Uuid, before: &impl Serialize, after: &impl Serialize, is_new: bool) -> Done {
    if is_new {
        Done::accepted(id, Vec::new())
    } else {
        Done::changed(id, &shown(before), &shown(after))
    }
}

/// A Rust name as the schema writes it.
#[must_use]
pub fn camel(name: &str) -> String {
    let mut upper = false;
    let letter = |c: char| {
        if c == '_' {
            upper = true;
            return None;
        }
        Some(if std::mem::take(&mut upper) {
            c.to_ascii_uppercase()
        } else {
            c
        })
    };
    name.chars().filter_map(letter).collect()
}
