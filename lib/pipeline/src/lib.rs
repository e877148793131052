//! Turns events into jobs and jobs into outcomes, through a [`store::Store`] and a [`store::Notices`], without AWS.

mod admission;
pub mod batch;
pub mod compare;
pub mod config;
pub mod cost;
pub mod digest;
pub mod encoding;
pub mod event;
#[cfg(test)]
mod explore;
pub mod key;
pub mod manifest;
pub mod markup;
pub mod notice;
pub mod reconcile;
pub mod render;
pub mod rendering;
pub mod route;
pub mod store;
