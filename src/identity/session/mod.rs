//! Sessions: a user's stay, from signing in until signing out.
//!
//! Signing in gives a short access token (a JWT, for 10 minutes) and a refresh token (256 random
//! bits, stored hashed, for 30 days), which brings the next pair, once. A second use of a refresh
//! token means that somebody else has it, so the whole session ends.
//!
//! The session and its user are read on every request, in one statement, as API tokens are: what
//! has ended is refused at once on every server, and roles are those of now, not of the token.

pub mod authenticate;
pub mod graphql;
pub mod inputs;
pub mod jwt;
pub mod keys;
pub mod ops;
pub mod refresh;
pub mod store;
