//! Textured rectangles: what a frame is made of on the GPU, and what draws them.

use crate::layout::Rect;
use crate::model::display::Turn;
use crate::stage::canvas::Canvas;
use crate::stage::output::Output;

/// A rectangle of the output, and where in a texture (0..1) its pixels come from.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Quad {
    /// Left, top, right, bottom in clip space.
    to: [f32; 4],
    /// The texel at the top left.
    from: [f32; 2],
    /// From there to the texel at the top right, and to the one at the bottom left: on a turned output the texture
    /// lies across.
    right: [f32; 2],
    down: [f32; 2],
}

/// A rectangle of the scene, filled with the part (left, top, right, bottom) of a texture; `part` of the output is what is
/// drawn to.
pub fn quad(output: &Output, part: Rect, rect: Rect, [left, top, right, bottom]: [f32; 4]) -> Quad {
    let at = output.place_whole(rect);
    let across = |x: i32| (x - part.x) as f32 / part.w.max(1) as f32 * 2.0 - 1.0;
    let down = |y: i32| 1.0 - (y - part.y) as f32 / part.h.max(1) as f32 * 2.0;
    let to = [across(at.x), down(at.y), across(at.right()), down(at.bottom())];
    let (wide, high) = (right - left, bottom - top);
    let (from, right, down) = match output.turn() {
        Turn::None => ([left, top], [wide, 0.0], [0.0, high]),
        Turn::Quarter => ([left, bottom], [0.0, -high], [wide, 0.0]),
        Turn::Half => ([right, bottom], [-wide, 0.0], [0.0, -high]),
        Turn::ThreeQuarters => ([right, top], [0.0, high], [-wide, 0.0]),
    };
    Quad { to, from, right, down }
}

/// Copies a part of a page to a place in a texture.
pub fn upload(queue: &wgpu::Queue, texture: &wgpu::Texture, canvas: &Canvas, part: Rect, at: (i32, i32)) {
    let start = part.y as usize * canvas.width as usize + part.x as usize;
    queue.write_texture(
        wgpu::TexelCopyTextureInfo {
            texture,
            mip_level: 0,
            origin: wgpu::Origin3d { x: at.0 as u32, y: at.1 as u32, z: 0 },
            aspect: wgpu::TextureAspect::All,
        },
        bytemuck::cast_slice(&canvas.pixels[start..]),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(canvas.width as u32 * 4),
            rows_per_image: None,
        },
        wgpu::Extent3d { width: part.w as u32, height: part.h as u32, depth_or_array_layers: 1 },
    );
}

pub fn texture(device: &wgpu::Device, size: (u32, u32), format: wgpu::TextureFormat) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: size.0, height: size.1, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

pub fn texture_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

pub fn sampler_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        count: None,
    }
}

/// A pipeline that draws [`Quad`]s, one an instance, without blending; `entry` is its fragment function.
pub fn pipeline(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    source: wgpu::ShaderSource<'_>,
    format: wgpu::TextureFormat,
    entry: &str,
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        bind_group_layouts: &[Some(layout)],
        ..Default::default()
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: Some(&pipeline_layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: size_of::<Quad>() as u64,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: &wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x2, 2 => Float32x2, 3 => Float32x2],
            })],
        },
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(entry),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..Default::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        multiview_mask: None,
        cache: None,
    })
}
