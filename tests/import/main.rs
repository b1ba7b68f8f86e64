//! Articles in: every reader, and what the import's question is made of.

mod containers;
mod dialog;
mod documents;
mod files;
mod news;
mod shared_documents;
mod shared_news;
mod shared_pages;
mod shared_tables;
mod tables;
