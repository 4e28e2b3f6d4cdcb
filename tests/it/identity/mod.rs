//! People: signing in, users and their roles, the first administrator, the audit log.

mod audit;
mod documents;
mod first;
mod passwords;
mod sign_in;
mod tokens;
mod users;
