//! The pages that the server serves: the examples of GraphiQL, and the pages in a real browser.

mod browser;
mod demo;
mod examples;
mod pages;
