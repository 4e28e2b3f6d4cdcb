//! Who we buy from and sell to.

pub mod address;
pub mod contact;
pub mod customer;
pub mod customer_group;
pub mod payment_terms;
pub mod payment_terms_instalment;
pub mod supplier;
