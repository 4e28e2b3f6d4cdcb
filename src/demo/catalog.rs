//! What the demo sells: 200 products of a wholesaler of tea, coffee, and what belongs to them.

use rust_decimal::Decimal;

use super::season::Season;
use super::suppliers::Supplier;
use super::table;

const PRODUCTS: &str = include_str!("data/products.txt");

/// The categories: code, name, and the one above.
pub const CATEGORIES: &[(&str, &str, &str)] = &[
    ("TEA", "Tea", ""),
    ("TEA-BLACK", "Black tea", "TEA"),
    ("TEA-GREEN", "Green and white tea", "TEA"),
    ("TEA-HERBAL", "Herbal tea", "TEA"),
    ("TEA-FRUIT", "Fruit tea", "TEA"),
    ("COFFEE", "Coffee", ""),
    ("KITCHEN", "Kitchen", ""),
    ("KETTLES", "Kettles", "KITCHEN"),
    ("POTS", "Pots", "KITCHEN"),
    ("CUPS", "Cups and glasses", "KITCHEN"),
    ("BREWING", "Brewing", "KITCHEN"),
    ("STORAGE", "Storage", "KITCHEN"),
    ("HOUSEHOLD", "Household", ""),
    ("PANTRY", "Pantry", ""),
    ("SERVICES", "Services", ""),
];

/// What the history never sells out at the main warehouse, and how much of it always stays.
pub const ALWAYS_THERE: &[(&str, i64)] = &[
    ("TEA-GREEN-100", 60),
    ("TEA-BLACK-100", 60),
    ("COFFEE-500", 60),
    ("CUP-BLUE", 60),
    ("POT-CAST-IRON", 40),
    ("KETTLE-1L", 12),
    ("TEA-ASSAM-100", 60),
    ("TEA-EARL-GREY-100", 60),
    ("ESPRESSO-1000", 60),
    ("PRESS-1L", 40),
];

/// What is billed for bringing small orders.
pub const FREIGHT: &str = "FREIGHT";

/// The end of the SKU, the name, and cost and price in thousandths of the first's.
type Packing = (&'static str, &'static str, i64);

/// How a product comes.
const SETS: &[(&str, &[Packing])] = &[
    ("one", &[("", "", 1_000)]),
    ("service", &[("", "", 1_000)]),
    ("tea", &[("-100", "100 g", 1_000), ("-250", "250 g", 2_350)]),
    (
        "tea3",
        &[
            ("-100", "100 g", 1_000),
            ("-250", "250 g", 2_350),
            ("-1000", "1 kg", 8_700),
        ],
    ),
    (
        "coffee",
        &[("-500", "500 g", 1_000), ("-1000", "1 kg", 1_900)],
    ),
    (
        "grams",
        &[("-250", "250 g", 1_000), ("-500", "500 g", 1_800)],
    ),
    ("litres", &[("-05L", "0.5 l", 1_000), ("-1L", "1 l", 1_450)]),
    (
        "press",
        &[("-035L", "0.35 l", 1_000), ("-1L", "1 l", 1_500)],
    ),
    ("sizes", &[("-S", "small", 1_000), ("-L", "large", 1_400)]),
    (
        "finish",
        &[("-LIGHT", "light", 1_000), ("-DARK", "dark", 1_000)],
    ),
    (
        "colours",
        &[
            ("-BLUE", "blue", 1_000),
            ("-WHITE", "white", 1_000),
            ("-GREEN", "green", 1_000),
        ],
    ),
];

/// A product.
#[derive(Clone, Debug)]
pub struct Product {
    /// The code of its category.
    pub category: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The places of its variants in [`Catalog::variants`].
    pub variants: std::ops::Range<usize>,
}

/// What is bought, stored and sold.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its SKU.
    pub sku: String,
    /// What it is called beside its product; empty when that has only one.
    pub name: &'static str,
    /// The code of its product's category.
    pub category: &'static str,
    /// What a piece costs, in the currency of its supplier.
    pub cost: Decimal,
    /// What a piece is sold for, without tax.
    pub price: Decimal,
    /// The place of its supplier; none for a service.
    pub supplier: Option<usize>,
    /// When it is bought.
    pub season: Season,
    /// How much it is bought, against others.
    pub weight: i64,
    /// So many pieces come together from the supplier.
    pub pack: i64,
    /// So many always stay at the main warehouse.
    pub stays: i64,
}

impl Variant {
    /// Whether the warehouses besides the main one have it too.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.weight >= 9
    }
}

/// All products.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Them.
    pub products: Vec<Product>,
    /// What they come as.
    pub variants: Vec<Variant>,
}

impl Catalog {
    /// Reads the table.
    ///
    /// # Panics
    /// When the table is wrong; it is part of the program, and tested.
    #[must_use]
    pub fn read(suppliers: &[Supplier]) -> Self {
        let (mut products, mut variants) = (Vec::new(), Vec::new());
        for fields in table::records::<9>(PRODUCTS) {
            let [category, _, name, ..] = fields;
            let first = variants.len();
            variants.extend(read_variants(fields, suppliers));
            let variants = first..variants.len();
            products.push(Product {
                category,
                name,
                variants,
            });
        }
        Self { products, variants }
    }

    /// Only the first so many products, and the services: for trying something out.
    #[must_use]
    pub fn first(&self, products: usize) -> Self {
        let is_kept = |(place, product): &(usize, &Product)| {
            *place < products || product.category == "SERVICES"
        };
        let mut kept = Self {
            products: Vec::new(),
            variants: Vec::new(),
        };
        for (_, product) in self.products.iter().enumerate().filter(is_kept) {
            let first = kept.variants.len();
            kept.variants
                .extend_from_slice(&self.variants[product.variants.clone()]);
            let variants = first..kept.variants.len();
            kept.products.push(Product {
                variants,
                ..product.clone()
            });
        }
        kept
    }

    /// The place of a variant.
    #[must_use]
    pub fn place(&self, sku: &str) -> Option<usize> {
        self.variants.iter().position(|variant| variant.sku == sku)
    }
}

fn read_variants(fields: [&'static str; 9], suppliers: &[Supplier]) -> Vec<Variant> {
    let [
        category,
        stem,
        _,
        cost,
        price,
        supplier,
        season,
        seller,
        set,
    ] = fields;
    let number = |text: &str| text.parse::<Decimal>().expect("a table has numbers");
    let (cost, price) = (number(cost), number(price));
    let season = Season::parse(season).expect("a table names seasons");
    let supplier = suppliers.iter().position(|one| one.code == supplier);
    let weight = match seller {
        "A" => 24,
        "B" => 9,
        _ => 4,
    };
    let named = SETS.iter().find(|(name, _)| *name == set);
    let (_, packings) = named.expect("a table names sets");
    let variants = packings.iter().enumerate().map(|(place, packing)| {
        let (end, name, permille) = *packing;
        let times = Decimal::new(permille, 3);
        let sku = format!("{stem}{end}");
        let cost = (cost * times).round_dp(2);
        let stays = ALWAYS_THERE.iter().find(|(there, _)| *there == sku);
        Variant {
            name,
            category,
            cost,
            // Prices end on ten cents.
            price: (price * times).round_dp(1).max(Decimal::new(1, 1)),
            supplier,
            season,
            // The first of a set is what most people take.
            weight: if place == 0 { weight } else { (weight + 1) / 2 },
            pack: pack(cost),
            stays: stays.map_or(0, |(_, pieces)| *pieces),
            sku,
        }
    });
    variants.collect()
}

/// Cheap things come in larger boxes.
fn pack(cost: Decimal) -> i64 {
    match cost {
        cost if cost < Decimal::from(4) => 12,
        cost if cost < Decimal::from(10) => 6,
        cost if cost < Decimal::from(20) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::suppliers;

    #[test]
    fn there_are_200_products_with_variants_of_their_own_in_the_categories() {
        let suppliers = suppliers::read();
        let catalog = Catalog::read(&suppliers);
        assert_eq!(catalog.products.len(), 200);
        assert!(catalog.variants.len() > 330);
        let skus: BTreeSet<&str> = catalog
            .variants
            .iter()
            .map(|one| one.sku.as_str())
            .collect();
        assert_eq!(skus.len(), catalog.variants.len());
        let is_known = |code: &str| CATEGORIES.iter().any(|(known, ..)| *known == code);
        assert!(catalog.products.iter().all(|one| is_known(one.category)));
        let is_service = |one: &Variant| one.category == "SERVICES";
        let is_bought = |one: &Variant| one.supplier.is_some() != is_service(one);
        assert!(catalog.variants.iter().all(is_bought));
        assert!(catalog.variants.iter().all(|one| one.price > one.cost));
        for place in 0..suppliers.len() {
            let is_of = |one: &&Variant| one.supplier == Some(place);
            assert!(catalog.variants.iter().filter(is_of).count() >= 6);
        }
    }

    #[test]
    fn what_is_always_there_exists() {
        let catalog = Catalog::read(&suppliers::read());
        for (sku, pieces) in ALWAYS_THERE {
            let place = catalog.place(sku).expect("it exists");
            assert_eq!(catalog.variants[place].stays, *pieces);
        }
        assert!(catalog.place(FREIGHT).is_some());
    }
}
