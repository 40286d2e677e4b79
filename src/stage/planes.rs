//! A film's planes on the GPU: three textures, and the shader that makes colours of them.

use super::finish::{self, Finish, Light};
use super::gpu::{pipeline, sampler_entry, texture, texture_entry};
use super::yuv;
use crate::limits;
use crate::model::media::{ColourRange, FilmPicture, Matrix};

/// Rows of the matrix from (Y, U, V, 1) to R, G, B, each of four floats.
type Coefficients = [[f32; 4]; 3];
/// The same, and then the finish: three gains and an exponent.
type Uniform = [[f32; 4]; 4];
/// A film's light is measured on so many columns and rows.
const SAMPLES: (u32, u32) = (64, 36);

pub struct Planes {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    coefficients: wgpu::Buffer,
    held: Option<Held>,
}

struct Held {
    size: (u32, u32),
    textures: [wgpu::Texture; 3],
    group: wgpu::BindGroup,
}

impl Planes {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Planes {
        let uniform = wgpu::BindGroupLayoutEntry {
            binding: 4,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Uniform,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &[texture_entry(0), texture_entry(1), texture_entry(2), sampler_entry(3), uniform],
        });
        let source = wgpu::ShaderSource::Wgsl(
            concat!(include_str!("../../shaders/corner.wgsl"), include_str!("../../shaders/film.wgsl"))
                .into(),
        );
        let entry = if format.is_srgb() { "linear" } else { "plain" };
        Planes {
            pipeline: pipeline(device, &layout, source, format, entry),
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            coefficients: device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: size_of::<Uniform>() as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            layout,
            held: None,
        }
    }

    /// Size of the picture that is held.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.held.as_ref().map(|held| held.size)
    }

    /// A part (x, y, w, h in pixels) as texture coordinates (left, top, right, bottom).
    pub fn part(&self, [x, y, w, h]: [f64; 4]) -> [f32; 4] {
        let (width, height) = self.size().unwrap_or((1, 1));
        let (width, height) = (f64::from(width), f64::from(height));
        [x / width, y / height, (x + w) / width, (y + h) / height].map(|at| at as f32)
    }

    /// Takes a picture. One that is larger than textures can be, or whose planes are too short, is left out.
    pub fn upload(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        picture: &FilmPicture<'_>,
        finish: &Finish,
    ) {
        let size = (picture.width, picture.height);
        let most = device.limits().max_texture_dimension_2d.max(limits::TEXTURE_SIDE_MAX);
        if !yuv::is_whole(picture) || size.0 > most || size.1 > most {
            return;
        }
        if self.size() != Some(size) {
            self.held = Some(self.hold(device, size));
        }
        let Some(held) = &self.held else { return };
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        let planes = [
            (picture.y, picture.y_stride, size),
            (picture.u, picture.uv_stride, half),
            (picture.v, picture.uv_stride, half),
        ];
        for (texture, (bytes, stride, (width, height))) in held.textures.iter().zip(planes) {
            queue.write_texture(
                texture.as_image_copy(),
                bytes,
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(stride), rows_per_image: None },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
        }
        let [red, green, blue] = coefficients(picture.matrix, picture.range);
        let Finish { gains: [r, g, b], gamma } = *finish;
        let uniform: Uniform = [red, green, blue, [r, g, b, gamma]];
        queue.write_buffer(&self.coefficients, 0, bytemuck::cast_slice(&uniform));
    }

    fn hold(&self, device: &wgpu::Device, size: (u32, u32)) -> Held {
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        let textures = [size, half, half].map(|size| texture(device, size, wgpu::TextureFormat::R8Unorm));
        let views =
            [0, 1, 2].map(|at: usize| textures[at].create_view(&wgpu::TextureViewDescriptor::default()));
        let view = |at: usize| wgpu::BindingResource::TextureView(&views[at]);
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.layout,
            entries: &[
                entry(0, view(0)),
                entry(1, view(1)),
                entry(2, view(2)),
                entry(3, wgpu::BindingResource::Sampler(&self.sampler)),
                entry(4, self.coefficients.as_entire_binding()),
            ],
        });
        Held { size, textures, group }
    }

    /// Draws quad number `at` of the bound vertex buffer.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, at: u32) {
        let Some(held) = &self.held else { return };
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &held.group, &[]);
        pass.draw(0..4, at..at + 1);
    }
}

/// Mean light of each channel of a film's picture, from samples; none where its planes are too short.
pub fn light(film: &FilmPicture<'_>) -> Light {
    if !yuv::is_whole(film) {
        return Light::default();
    }
    let rows = coefficients(film.matrix, film.range);
    let (columns, lines) = (SAMPLES.0.min(film.width), SAMPLES.1.min(film.height));
    let mut sum = [0.0; 3];
    for line in 0..lines {
        for column in 0..columns {
            // Not in straight rows: a pattern as fine as pixels must not be met always at its light, or dark, ones.
            let within = |at: u32, length: u32, count: u32| (5 * at + 2) % (length / count);
            let x = (column * film.width / columns + within(line, film.width, columns)) as usize;
            let y = (line * film.height / lines + within(column, film.height, lines)) as usize;
            let chroma = y / 2 * film.uv_stride as usize + x / 2;
            let value = |plane: &[u8], at: usize| f32::from(plane[at]) / 255.0;
            let yuv =
                [value(film.y, y * film.y_stride as usize + x), value(film.u, chroma), value(film.v, chroma)];
            for (sum, row) in sum.iter_mut().zip(rows) {
                let channel = row[0] * yuv[0] + row[1] * yuv[1] + row[2] * yuv[2] + row[3];
                *sum += finish::light(f64::from(channel.clamp(0.0, 1.0)));
            }
        }
    }
    Light(sum.map(|sum| sum / f64::from(columns * lines)))
}

/// ITU-T H.273, 8.3 equations (38) to (46), for values of 0..1.
fn coefficients(matrix: Matrix, range: ColourRange) -> Coefficients {
    let (kr, kb) = match matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Bt2020 => (0.2627, 0.0593),
    };
    let kg = 1.0 - kr - kb;
    let (luma, black, chroma): (f32, f32, f32) = match range {
        ColourRange::Limited => (255.0 / 219.0, 16.0 / 255.0, 255.0 / 224.0),
        ColourRange::Full => (1.0, 0.0, 1.0),
    };
    let middle = 128.0 / 255.0;
    let row = |u: f32, v: f32| {
        let (u, v) = (u * chroma, v * chroma);
        [luma, u, v, -black * luma - middle * (u + v)]
    };
    [
        row(0.0, 2.0 * (1.0 - kr)),
        row(-2.0 * (1.0 - kb) * kb / kg, -2.0 * (1.0 - kr) * kr / kg),
        row(2.0 * (1.0 - kb), 0.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_black_and_red_come_out_as_they_are_defined() {
        let colour = |matrix, range, yuv: [f32; 3]| {
            coefficients(matrix, range).map(|row| {
                let sum = row[0] * yuv[0] + row[1] * yuv[1] + row[2] * yuv[2];
                ((sum / 255.0 + row[3]) * 255.0).round().clamp(0.0, 255.0) as u8
            })
        };
        for matrix in [Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020] {
            assert_eq!(colour(matrix, ColourRange::Limited, [235.0, 128.0, 128.0]), [255; 3]);
            assert_eq!(colour(matrix, ColourRange::Limited, [16.0, 128.0, 128.0]), [0; 3]);
        }
        // Source: the 100 % red bar of SMPTE RP 219-1 in BT.709 is (63, 102, 240).
        let [r, g, b] = colour(Matrix::Bt709, ColourRange::Limited, [63.0, 102.0, 240.0]);
        assert!(r >= 253 && g <= 2 && b <= 2, "{r} {g} {b}");
    }

    #[test]
    fn a_film_s_light_is_that_of_its_pixels() {
        // 235 and 16 in columns: half white, half black.
        let y: Vec<u8> = (0..640 * 360).map(|at| if at % 2 == 0 { 235 } else { 16 }).collect();
        let uv = vec![128; 320 * 180];
        let (matrix, range) = (Matrix::Bt709, ColourRange::Limited);
        let of = |width, y_stride| FilmPicture {
            width,
            height: 360,
            y: &y,
            u: &uv,
            v: &uv,
            y_stride,
            uv_stride: 320,
            matrix,
            range,
        };
        let Light(seen) = light(&of(640, 640));
        assert!(seen.iter().all(|mean| (mean - 0.5).abs() < 0.05), "{seen:?}");
        assert_eq!(light(&of(640, 4_000)), Light::default());
        let white = FilmPicture {
            y: &[235; 4],
            u: &[128; 1],
            v: &[128; 1],
            width: 2,
            height: 2,
            y_stride: 2,
            uv_stride: 1,
            matrix,
            range,
        };
        assert!(light(&white).0.iter().all(|mean| (mean - 1.0).abs() < 0.01));
    }
}
