//! Credit limits: what a customer owes and has ordered never passes its limit, unless somebody with
//! the right lets it.
//!
//! The exposure of a customer is what is open on its account plus what it has ordered and was not
//! invoiced, both in the company's currency. It is read under a lock on the customer, which
//! everybody takes who adds to what is ordered: two orders at once never both take the last of it.

pub mod graphql;
pub mod rules;
pub mod store;
