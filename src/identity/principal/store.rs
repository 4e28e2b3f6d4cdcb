//! The rows of principals; tokens and users write their own.

use entity::vocab::PrincipalId;

use crate::graphql::loader_by_id;

loader_by_id!(entity::identity::principal, PrincipalId);
