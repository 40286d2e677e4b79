//! End-to-end tests: the real program, real files, real servers. One binary, so that the linker runs once.

mod films;
mod heard;
mod media;
mod on_air;
mod one_notice;
mod outside;
mod packages;
mod pictures;
mod publishing;
mod sandbox;
mod service;
mod stills;
mod support;
mod telephone;
mod tidy;
mod transcode;
mod typed;
