//! The presenter with a GPU: page, ticker and film as textures, put together in one pass for each frame.
//!
//! Pages come as pixels from `canvas` and are uploaded where they changed, in tiles no wider than any GPU's texture; the
//! ticker's tiles are uploaded once; a film's planes become colours in a shader, by the film's own matrix and range.
//! Frames are timed by the caller's clock: Fifo does not pace everywhere.
//!
//! While nothing but the ticker moves, nothing but the ticker is drawn and presented, where the window system lets a part of
//! a window be presented by itself: see `band`.
//!
//! No texture is larger than 2048 pixels a side, whatever the page: a Raspberry Pi's OpenGL has no more. The output itself
//! must be within what the GPU draws; a larger one is an error, as is a lost GPU, and the caller goes on without one.
//! A frame that cannot be shown now (a covered window) is dropped.

mod band;
mod quads;
mod quiet;

pub use quads::{pipeline, sampler_entry, texture, texture_entry};

use super::canvas::Canvas;
use super::composition::{Composition, Due};
use super::drawable::Drawable;
use super::output::Output;
use super::planes::Planes;
use super::ticker::Part;
use crate::layout::Rect;
use crate::limits;
use crate::model::media::FilmPicture;
use band::Band;
use quads::{Quad, quad, upload};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Side of a page's tiles.
const TILE: i32 = limits::TEXTURE_SIDE_MAX as i32;

/// Why there is no picture through the GPU.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("no GPU: {0}")]
    NoAdapter(#[from] wgpu::RequestAdapterError),
    #[error("the only adapter draws on the CPU")]
    CpuOnly,
    #[error("the GPU gives no device: {0}")]
    NoDevice(#[from] wgpu::RequestDeviceError),
    #[error("the window takes no surface: {0}")]
    NoSurface(#[from] wgpu::CreateSurfaceError),
    #[error("the surface has no format that can be drawn to")]
    NoFormat,
    #[error("the output has {0}x{1} pixels, and the GPU draws no more than {2} a side")]
    TooLarge(u32, u32, u32),
    #[error("the GPU was lost")]
    Lost,
}

struct Tile {
    texture: wgpu::Texture,
    group: wgpu::BindGroup,
    /// Which pixels of the page or strip it holds.
    rect: Rect,
}

/// What is drawn to.
enum Target {
    Surface(wgpu::Surface<'static>),
    #[cfg(test)]
    Texture(wgpu::Texture),
}

/// A frame to draw, and what presents it.
struct Frame {
    view: wgpu::TextureView,
    surface: Option<wgpu::SurfaceTexture>,
}

pub struct Gpu {
    /// The ticker's own part of the window, while there is one.
    band: Option<Band>,
    /// What makes it; `None` where a window cannot be parted.
    parting: Option<Parting>,
    target: Target,
    /// The output's, which may be more than the GPU can draw.
    size: (u32, u32),
    device: wgpu::Device,
    queue: wgpu::Queue,
    config: wgpu::SurfaceConfiguration,
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    quads: wgpu::Buffer,
    page: Vec<Tile>,
    page_size: (i32, i32),
    /// The ticker's tiles, by the keys of their pictures.
    strip: BTreeMap<(u64, i32), Tile>,
    planes: Planes,
    lost: Arc<AtomicBool>,
    name: String,
}

/// What a second surface on the window is made of.
struct Parting {
    window: Arc<Drawable>,
    instance: wgpu::Instance,
    adapter: wgpu::Adapter,
}

/// Most quads of one frame: a 16K page has 64 tiles, a window full of a tiny strip is cut off here.
const QUADS_MAX: usize = 512;

/// Every adapter that could draw, by name and interface, and whether it is more than the processor.
pub fn adapters() -> Vec<(String, bool)> {
    quiet::listen_to_wayland();
    // OpenGL is opened through a display; without one its libraries only complain.
    let displayed = ["XDG_RUNTIME_DIR", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let gl = if displayed { wgpu::Backends::GL } else { wgpu::Backends::empty() };
    let backends = wgpu::Backends::VULKAN | gl;
    let descriptor =
        wgpu::InstanceDescriptor { backends, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    let found = pollster::block_on(wgpu::Instance::new(descriptor.with_env()).enumerate_adapters(backends));
    let named = found.iter().map(|adapter| {
        let info = adapter.get_info();
        let real = info.device_type != wgpu::DeviceType::Cpu && !info.name.contains("llvmpipe");
        (format!("{} ({:?})", info.name, info.backend), real)
    });
    named.collect()
}

impl Gpu {
    /// Opens a surface on `window`. With `real`, an adapter that draws on the CPU is refused.
    pub fn open(window: &Arc<Drawable>, size: (u32, u32), real: bool) -> Result<Gpu, Trouble> {
        quiet::listen_to_wayland();
        let mut descriptor = wgpu::InstanceDescriptor::new_with_display_handle(Box::new(Arc::clone(window)));
        descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::GL;
        descriptor = descriptor.with_env();
        let instance = wgpu::Instance::new(descriptor);
        let surface = instance.create_surface(Arc::clone(window))?;
        let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            compatible_surface: Some(&surface),
            ..Default::default()
        }))?;
        let info = adapter.get_info();
        if real && info.device_type == wgpu::DeviceType::Cpu {
            return Err(Trouble::CpuOnly);
        }
        let (device, queue) = device(&adapter, adapter.limits())?;
        let most = device.limits().max_texture_dimension_2d;
        if size.0 > most || size.1 > most {
            return Err(Trouble::TooLarge(size.0, size.1, most));
        }
        // From here on an error of the driver is noted, and is no panic.
        let lost = watch(&device);
        let formats = surface.get_capabilities(&adapter).formats;
        // Colours are stored as they are shown; a surface that converts them is the second choice.
        let format = formats.iter().find(|f| !f.is_srgb() && is_plain(**f)).or(formats.first());
        let format = *format.ok_or(Trouble::NoFormat)?;
        let mut config =
            surface.get_default_config(&adapter, size.0.max(1), size.1.max(1)).ok_or(Trouble::NoFormat)?;
        config.format = format;
        config.present_mode = wgpu::PresentMode::Fifo;
        config.desired_maximum_frame_latency = 1;
        surface.configure(&device, &config);
        let name = format!("{} ({:?})", info.name, info.backend);
        let parting = Parting { window: Arc::clone(window), instance, adapter };
        let gpu = Gpu::with(Target::Surface(surface), size, device, queue, config, lost, name)?;
        Ok(Gpu { parting: Some(parting), ..gpu })
    }

    fn with(
        target: Target,
        size: (u32, u32),
        device: wgpu::Device,
        queue: wgpu::Queue,
        config: wgpu::SurfaceConfiguration,
        lost: Arc<AtomicBool>,
        name: String,
    ) -> Result<Gpu, Trouble> {
        let format = config.format;
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &[texture_entry(0), sampler_entry(1)],
        });
        let source = wgpu::ShaderSource::Wgsl(
            concat!(include_str!("../../shaders/corner.wgsl"), include_str!("../../shaders/quad.wgsl"))
                .into(),
        );
        let pipeline = pipeline(&device, &layout, source, format, "plain");
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor::default());
        let quads = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: (QUADS_MAX * size_of::<Quad>()) as u64,
            usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let planes = Planes::new(&device, format);
        if lost.load(Ordering::Acquire) {
            return Err(Trouble::Lost);
        }
        Ok(Gpu {
            band: None,
            parting: None,
            target,
            size,
            device,
            queue,
            config,
            layout,
            pipeline,
            sampler,
            quads,
            page: Vec::new(),
            page_size: (0, 0),
            strip: BTreeMap::new(),
            planes,
            lost,
            name,
        })
    }

    /// The adapter and its interface.
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn size(&self) -> (u32, u32) {
        self.size
    }
    pub fn resize(&mut self, size: (u32, u32)) {
        self.size = size;
        if !self.is_too_large() {
            (self.config.width, self.config.height) = (size.0.max(1), size.1.max(1));
            self.configure();
        }
    }
    fn is_too_large(&self) -> bool {
        self.size.0.max(self.size.1) > self.device.limits().max_texture_dimension_2d
    }
    fn configure(&self) {
        match &self.target {
            Target::Surface(surface) => surface.configure(&self.device, &self.config),
            #[cfg(test)]
            Target::Texture(_) => {}
        }
    }

    /// The next frame; none while the window is covered.
    fn acquire(&self) -> Result<Option<Frame>, Trouble> {
        #[cfg(test)]
        if let Target::Texture(texture) = &self.target {
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            return Ok(Some(Frame { view, surface: None }));
        }
        #[allow(irrefutable_let_patterns, reason = "only tests have another target")]
        let Target::Surface(surface) = &self.target else { return Ok(None) };
        next_frame(surface, || self.configure())
    }

    /// Draws and presents what is due.
    pub fn present(&mut self, composition: &mut Composition, due: Due, now: Instant) -> Result<(), Trouble> {
        if self.lost.load(Ordering::Acquire) {
            return Err(Trouble::Lost);
        }
        if self.is_too_large() {
            let most = self.device.limits().max_texture_dimension_2d;
            return Err(Trouble::TooLarge(self.size.0, self.size.1, most));
        }
        let Some(show) = composition.show().cloned() else { return Ok(()) };
        let output = *composition.output();
        let changed = if due.all { output.scene() } else { due.page };
        self.upload_page(composition.page(), changed);
        self.upload_strip(composition);
        let slot = show.scene.film.as_ref().zip(show.film.as_ref());
        if let Some((_, film)) = slot
            && (due.film || !changed.is_empty())
        {
            let Gpu { planes, device, queue, .. } = self;
            let finished = &*composition;
            let mut take = |picture: FilmPicture<'_>| {
                planes.upload(device, queue, &picture, &finished.film_finish(&picture));
            };
            if film.show(now, &mut take) {
                composition.count_film_picture();
            } else if !changed.is_empty() {
                film.again(&mut take);
            }
        }
        let film = slot.and_then(|(slot, _)| {
            let size = self.planes.size()?;
            Some(slot.meet.place(size, slot.rect))
        });

        self.part(composition);
        // What a second surface shows is drawn on the first too: the picture is whole however the two are put together.
        let (mut whole, mut ticker) = (due.all || due.film || !changed.is_empty(), due.ticker);
        let band = self.band.as_ref().map(|band| (band.place, band.is_new()));
        match band {
            // A page that was painted anew there has new tiles, too.
            Some((place, is_new)) => ticker |= is_new || !output.place(changed).meet(&place).is_empty(),
            None => whole = true,
        }
        if whole && let Some(frame) = self.acquire()? {
            self.draw(&output, output.screen(), &frame.view, composition, film);
            self.present_frame(frame);
        }
        if ticker
            && let Some((place, _)) = band
            && let Some(frame) = self.band.as_mut().map_or(Ok(None), |band| band.acquire(&self.device))?
        {
            self.draw(&output, place, &frame.view, composition, None);
            self.present_frame(frame);
        }
        Ok(())
    }

    /// Gives the ticker a part of the window for its own, or takes it away.
    fn part(&mut self, composition: &Composition) {
        let output = composition.output();
        let place = composition.ticker().window().map(|rect| output.place(rect));
        let place = place.filter(|place| !place.is_empty());
        match (place, &mut self.band, &self.parting) {
            (Some(place), Some(band), _) if band.place == place => {}
            (Some(place), _, Some(parting)) => {
                self.band = None;
                self.band = Band::open(parting, &self.device, &self.config, place);
                // A window that cannot be parted now is not asked at every frame.
                if self.band.is_none() {
                    self.parting = None;
                }
            }
            (None, band, _) => *band = None,
            (Some(_), _, None) => {}
        }
    }

    fn present_frame(&self, frame: Frame) {
        if let Some(surface) = frame.surface {
            self.queue.present(surface);
        }
    }

    /// Draws page, film and ticker, as far as they are within `part` of the output, which is what `view` shows.
    fn draw(
        &self,
        output: &Output,
        part: Rect,
        view: &wgpu::TextureView,
        composition: &Composition,
        film: Option<([f64; 4], Rect)>,
    ) {
        let (mut quads, mut groups): (Vec<Quad>, Vec<&wgpu::BindGroup>) = (Vec::new(), Vec::new());
        for tile in &self.page {
            if output.place(tile.rect).meet(&part).is_empty() {
                continue;
            }
            quads.push(quad(output, part, tile.rect, [0.0, 0.0, 1.0, 1.0]));
            groups.push(&tile.group);
        }
        let page_quads = quads.len();
        if let Some((source, target)) = film {
            quads.push(quad(output, part, target, self.planes.part(source)));
        }
        let film_quads = quads.len() - page_quads;
        // Between two texts there is the page's own ground.
        if let Some((rect, parts, _)) = composition.ticker().parts() {
            for piece in parts {
                let Some(tile) = self.strip.get(&piece.key) else { continue };
                let (wide, from) = (tile.rect.w.max(1) as f32, piece.from as f32);
                let to = Rect::new(rect.x + piece.at, rect.y, piece.width, rect.h);
                let texels = [from / wide, 0.0, (from + piece.width as f32) / wide, 1.0];
                quads.push(quad(output, part, to, texels));
                groups.push(&tile.group);
            }
        }
        quads.truncate(QUADS_MAX);
        self.queue.write_buffer(&self.quads, 0, bytemuck::cast_slice(&quads));

        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            // A region or an inset leaves the rest of the output black, whatever reaches over its edge.
            let seen = output.place(output.scene()).meet(&part);
            let side = |length: i32| length.max(0) as u32;
            pass.set_scissor_rect(side(seen.x - part.x), side(seen.y - part.y), side(seen.w), side(seen.h));
            pass.set_vertex_buffer(0, self.quads.slice(..));
            let film_at = page_quads..page_quads + film_quads;
            let mut textured = groups.into_iter();
            pass.set_pipeline(&self.pipeline);
            for at in 0..quads.len() {
                if film_at.contains(&at) {
                    self.planes.draw(&mut pass, at as u32);
                    pass.set_pipeline(&self.pipeline);
                    continue;
                }
                let Some(group) = textured.next() else { break };
                pass.set_bind_group(0, group, &[]);
                pass.draw(0..4, at as u32..at as u32 + 1);
            }
        }
        self.queue.submit([encoder.finish()]);
    }

    fn upload_page(&mut self, page: &Canvas, damage: Rect) {
        let mut damage = damage.meet(&page.area());
        if self.page_size != (page.width, page.height) {
            self.page_size = (page.width, page.height);
            self.page.clear();
            for y in (0..page.height).step_by(TILE as usize) {
                for x in (0..page.width).step_by(TILE as usize) {
                    let rect = Rect::new(x, y, TILE, TILE).meet(&page.area());
                    self.page.push(self.tile(rect));
                }
            }
            damage = page.area();
        }
        for tile in &self.page {
            let part = tile.rect.meet(&damage);
            if !part.is_empty() {
                let at = (part.x - tile.rect.x, part.y - tile.rect.y);
                upload(&self.queue, &tile.texture, page, part, at);
            }
        }
    }

    fn upload_strip(&mut self, composition: &Composition) {
        let Some((_, parts, _)) = composition.ticker().parts() else {
            self.strip.clear();
            return;
        };
        self.strip.retain(|key, _| parts.iter().any(|part| part.key == *key));
        for Part { key, tile: canvas, .. } in parts {
            if !self.strip.contains_key(&key) {
                let tile = self.tile(canvas.area());
                upload(&self.queue, &tile.texture, canvas, canvas.area(), (0, 0));
                self.strip.insert(key, tile);
            }
        }
    }

    fn tile(&self, rect: Rect) -> Tile {
        let srgb = self.config.format.is_srgb();
        let format = if srgb { wgpu::TextureFormat::Bgra8UnormSrgb } else { wgpu::TextureFormat::Bgra8Unorm };
        let texture = texture(&self.device, (rect.w.max(1) as u32, rect.h.max(1) as u32), format);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        });
        Tile { texture, group, rect }
    }
}

/// The next frame of a surface, which is configured anew where its window has changed; none while it is covered.
fn next_frame(surface: &wgpu::Surface<'static>, configure: impl Fn()) -> Result<Option<Frame>, Trouble> {
    use wgpu::CurrentSurfaceTexture::{Lost, Occluded, Outdated, Suboptimal, Success, Timeout, Validation};
    let mut next = surface.get_current_texture();
    if matches!(next, Outdated) {
        configure();
        next = surface.get_current_texture();
    }
    match next {
        Success(frame) | Suboptimal(frame) => {
            let view = frame.texture.create_view(&wgpu::TextureViewDescriptor::default());
            Ok(Some(Frame { view, surface: Some(frame) }))
        }
        Timeout | Occluded | Outdated => Ok(None),
        Lost | Validation => Err(Trouble::Lost),
    }
}

fn device(adapter: &wgpu::Adapter, limits: wgpu::Limits) -> Result<(wgpu::Device, wgpu::Queue), Trouble> {
    let asked = wgpu::DeviceDescriptor {
        required_limits: limits,
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..Default::default()
    };
    Ok(pollster::block_on(adapter.request_device(&asked))?)
}

/// A flag that is set when the device is lost, or fails in a way that nobody asked about.
fn watch(device: &wgpu::Device) -> Arc<AtomicBool> {
    let lost = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&lost);
    device.set_device_lost_callback(move |_, _| flag.store(true, Ordering::Release));
    let flag = Arc::clone(&lost);
    device.on_uncaptured_error(Arc::new(move |error| {
        tracing::error!(%error, "gpu");
        flag.store(true, Ordering::Release);
    }));
    lost
}

fn is_plain(format: wgpu::TextureFormat) -> bool {
    matches!(format, wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Rgba8Unorm)
}

#[cfg(test)]
mod tests;
