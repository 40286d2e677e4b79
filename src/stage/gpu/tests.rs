//! The GPU presenter against the CPU's pixels, with no window: on whatever adapter is there, and on none it says so.

use super::*;
use crate::layout::tests as sample;
use crate::model::display::{Geometry, Part, Region, Turn};
use crate::model::led::Panel;
use crate::stage::tests::{cases, scene, show};
use crate::stage::{Setup, scene_size};

/// An adapter of this interface; `None` where there is none.
fn adapter(backend: wgpu::Backends) -> Option<wgpu::Adapter> {
    let descriptor = wgpu::InstanceDescriptor {
        backends: backend,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    };
    let instance = wgpu::Instance::new(descriptor);
    pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())).ok()
}

/// A presenter into a texture, on a device whose textures are no larger than `most`.
fn offscreen(adapter: &wgpu::Adapter, size: (u32, u32), most: u32) -> Gpu {
    let limits = wgpu::Limits { max_texture_dimension_2d: most, ..adapter.limits() };
    let (device, queue) = device(adapter, limits).unwrap();
    let lost = watch(&device);
    let format = wgpu::TextureFormat::Bgra8Unorm;
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: size.0, height: size.1, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let config = wgpu::SurfaceConfiguration {
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        format,
        color_space: Default::default(),
        width: size.0,
        height: size.1,
        present_mode: wgpu::PresentMode::Fifo,
        desired_maximum_frame_latency: 1,
        alpha_mode: wgpu::CompositeAlphaMode::Auto,
        view_formats: Vec::new(),
    };
    Gpu::with(Target::Texture(texture), size, device, queue, config, lost, "test".into()).unwrap()
}

fn pixels(gpu: &Gpu) -> Vec<u32> {
    let Target::Texture(texture) = &gpu.target else { panic!("a window") };
    let (width, height) = gpu.size;
    let stride = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(stride) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(stride),
                rows_per_image: None,
            },
        },
        wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
    );
    gpu.queue.submit([encoder.finish()]);
    buffer.slice(..).map_async(wgpu::MapMode::Read, |mapped| mapped.unwrap());
    gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    let bytes = buffer.slice(..).get_mapped_range().unwrap();
    let row = |row: &[u8]| {
        row[..width as usize * 4]
            .chunks(4)
            .map(|p| u32::from_le_bytes([p[0], p[1], p[2], 255]))
            .collect::<Vec<_>>()
    };
    bytes.chunks(stride as usize).flat_map(row).collect()
}

/// Calls `check` with every adapter that is here, once a backend.
fn on_every_adapter(check: impl Fn(&wgpu::Adapter)) {
    for backend in [wgpu::Backends::VULKAN, wgpu::Backends::GL] {
        match adapter(backend) {
            Some(adapter) => check(&adapter),
            None => eprintln!("NOT CHECKED: no adapter for {backend:?}"),
        }
    }
}

/// The same show through both presenters: every pixel but the film's, whose colours are rounded otherwise.
fn alike(gpu: &mut Gpu, setup: &Setup, name: &str) {
    let (size, now) = (gpu.size, crate::clock::instant());
    let plan = cases().into_iter().find(|(case, _)| *case == name).unwrap().1;
    let mut composition = Composition::new(sample::fonts(), setup, Output::new(&setup.geometry, size));
    let shown = show(scene(&plan, scene_size(&setup.geometry, size), |_| ()));
    let film = shown.scene.film.is_some();
    composition.adopt(shown, now);
    composition.move_ticker(4_321);
    gpu.present(&mut composition, Due { all: true, ..Due::default() }, now).unwrap();
    let mut expected = vec![0; size.0 as usize * size.1 as usize];
    composition.put(Due { all: true, ..Due::default() }, &mut expected, now);
    let far = |(a, b): (&u32, &u32)| {
        [16, 8, 0].into_iter().map(|shift| (a >> shift & 0xFF).abs_diff(b >> shift & 0xFF)).max().unwrap_or(0)
    };
    let drawn = pixels(gpu);
    let allowed = if film { 6 } else { 0 };
    let wrong = drawn.iter().zip(&expected).filter(|pair| far(*pair) > allowed).count();
    // A film's scaled edges may differ: no more than one pixel in a thousand.
    assert!(wrong <= if film { drawn.len() / 1000 } else { 0 }, "{name} {setup:?}: {wrong} pixels differ");
}

#[test]
fn the_gpu_shows_what_the_cpu_shows_turned_cut_out_and_finished() {
    on_every_adapter(|adapter| {
        let mut gpu = offscreen(adapter, (640, 360), 2048);
        let warm = Panel { gamma: 1.4, white: [255, 230, 200], power: None };
        for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            for part in [
                Part::Whole,
                Part::InsetPercent(4.0),
                Part::Region(Region { width: 400, height: 300, x: 300, y: 100 }),
            ] {
                for (name, panel) in [("a-ngan", Panel::default()), ("c-anh-qr", warm), ("e-phim", warm)] {
                    let setup = Setup { geometry: Geometry { turn, part }, panel, ..Setup::default() };
                    alike(&mut gpu, &setup, name);
                }
            }
        }
    });
}

/// A device that allows textures of 2048 pixels, as a Raspberry Pi's OpenGL does. Its target is no larger either, so each
/// quarter of the page is looked at: a 4K region that reaches over the edge, upright and on its head.
#[test]
fn a_page_of_4k_is_drawn_with_textures_of_2048() {
    on_every_adapter(|adapter| {
        let mut gpu = offscreen(adapter, (2048, 1200), 2048);
        for turn in [Turn::None, Turn::Half] {
            let region = Region { width: 3840, height: 2160, x: 0, y: 0 };
            let geometry = Geometry { turn, part: Part::Region(region) };
            alike(&mut gpu, &Setup { geometry, ..Setup::default() }, "c-anh");
            alike(&mut gpu, &Setup { geometry, ..Setup::default() }, "a-ngan");
        }
        assert!(gpu.page.len() >= 4);
        assert!(gpu.page.iter().all(|tile| tile.texture.width() <= 2048 && tile.texture.height() <= 2048));
        assert!(!gpu.lost.load(Ordering::Acquire));
    });
}

#[test]
fn a_whole_4k_output_is_drawn_where_the_adapter_can() {
    on_every_adapter(|adapter| {
        let most = adapter.limits().max_texture_dimension_2d;
        if most < 3840 {
            eprintln!("NOT CHECKED: {most} pixels a side");
            return;
        }
        let mut gpu = offscreen(adapter, (3840, 2160), most);
        alike(&mut gpu, &Setup::default(), "c-anh");
    });
}

#[test]
fn an_output_larger_than_the_gpu_draws_is_refused_not_shown_cut_off() {
    on_every_adapter(|adapter| {
        let mut gpu = offscreen(adapter, (640, 360), 2048);
        gpu.resize((3840, 2160));
        assert_eq!(gpu.size(), (3840, 2160));
        let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain(gpu.size()));
        let now = crate::clock::instant();
        let plan = cases().swap_remove(0).1;
        composition.adopt(show(scene(&plan, (3840, 2160), |_| ())), now);
        let refused = gpu.present(&mut composition, Due { all: true, ..Due::default() }, now);
        assert!(matches!(refused, Err(Trouble::TooLarge(3840, 2160, 2048))), "{refused:?}");
        gpu.resize((640, 360));
        alike(&mut gpu, &Setup::default(), "a-ngan");
    });
}
