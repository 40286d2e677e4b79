//! Words of Vietnamese that decide where a line may end.

/// Words that hold on to a following number or name.
pub const HOLDS: &[&str] = &[
    "từ", "Từ", "thứ", "Thứ", "ngày", "Ngày", "lúc", "Lúc", "gọi", "Gọi", "số", "Số", "trước", "sau", "bản",
    "Bản", "xã", "Xã", "thôn", "Thôn", "suối", "đến", "zos", "txog", "tháng", "Tháng", "năm", "cấp", "Cấp",
    "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Nhật", "nhật", "tỉnh", "huyện", "Km", "km", "tổ", "Tổ", "khu",
    "Khu", "đội", "lớp", "Lớp", "khối", "phòng", "Phòng", "tầng", "lộ", "QL", "TL", "Điều", "điều", "khoản",
    "đợt", "Đợt", "tuần", "quý", "Quý", "dưới", "trên", "giá", "Giá", "loại", "Loại", "hạng", "nhóm", "Nhóm",
];

/// What is said before a person's name.
pub const TITLES: &[&str] = &[
    "ông", "Ông", "bà", "Bà", "anh", "Anh", "chị", "Chị", "cô", "Cô", "thầy", "Thầy", "bác", "Bác", "em",
    "Ô.", "B.", "BS.", "Bs.", "TS.", "Ts.", "ThS.", "GS.", "PGS.", "Đ/c", "đ/c", "(ông", "(bà", "(anh",
    "(chị", "(cô",
];

/// Words between the ends of a span.
pub const SPANS: [&str; 2] = ["đến", "txog"];

/// Words that hold on to a number before them.
pub const UNITS: &[&str] = &[
    "giờ", "phút", "giây", "tháng", "tuổi", "km", "m", "cm", "mm", "ha", "ngày", "kg", "tấn", "lít", "đồng",
    "nghìn", "ngàn", "trăm", "triệu", "tỷ", "độ", "người", "hộ", "năm", "đ", "Đ", "vnđ", "VNĐ", "VND", "h",
    "g", "mg", "ml", "l", "V", "kV", "kW", "kWh", "m2", "m3", "m²", "m³", "km2", "km²", "tạ", "yến", "bao",
    "gói", "con", "cây", "suất", "lần", "lượt", "buổi", "tuần", "chiếc", "cái", "bộ", "khẩu", "cháu", "em",
    "trang", "C", "phần",
];

/// Days by name, and what reads worst when it is cut.
pub const DAYS: &[(&str, &str)] = &[
    ("ngày", "mai"),
    ("sáng", "mai"),
    ("chiều", "mai"),
    ("hôm", "nay"),
    ("hôm", "qua"),
    ("chủ", "nhật"),
    ("y", "tế"),
    ("trạm", "y"),
    ("hết", "ngày"),
    ("từ", "ngày"),
    ("đến", "ngày"),
    ("đến", "hết"),
    ("trở", "lên"),
    ("trở", "xuống"),
    ("trở", "đi"),
];

pub const WEEKDAYS: [&str; 8] = ["Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Nhật", "nhật"];

/// Words that a number before them does not count.
pub const JOINS: &[&str] = &[
    "và", "hoặc", "hay", "là", "thì", "mà", "nhưng", "vì", "nếu", "khi", "tại", "ở", "từ", "đến", "để",
    "cho", "của", "trên", "dưới", "trong", "ngoài", "với", "có", "sẽ", "đã", "được", "bị", "phải", "cần",
    "xin", "mời", "như", "theo",
];

/// Words of two syllables that notices are full of, and that read badly with one of them on the next line; sorted.
#[rustfmt::skip]
pub const COMPOUNDS: &[(&str, &str)] = &[
    ("an", "ninh"), ("an", "toàn"), ("anh", "chị"), ("buôn", "bán"), ("buổi", "chiều"), ("buổi", "sáng"),
    ("buổi", "tối"), ("bà", "con"), ("bác", "sĩ"), ("bán", "trú"), ("bí", "thư"), ("bóng", "chuyền"),
    ("bóng", "đá"), ("bưu", "điện"), ("bản", "làng"), ("bảo", "hiểm"), ("bảo", "lãnh"), ("bảo", "trợ"),
    ("bảo", "vệ"), ("bầu", "cử"), ("bậc", "thang"), ("bằng", "lái"), ("bế", "mạc"), ("bệnh", "viện"),
    ("bộ", "phận"), ("cao", "tuổi"), ("chi", "trả"), ("chiến", "binh"), ("chuồng", "trại"), ("cháy", "rừng"),
    ("chính", "sách"), ("chăn", "nuôi"), ("chương", "trình"), ("chợ", "phiên"), ("chủ", "tịch"),
    ("chứng", "minh"), ("chữa", "cháy"), ("cung", "cấp"), ("cán", "bộ"), ("công", "an"), ("công", "dân"),
    ("công", "nhân"), ("công", "trình"), ("căn", "cước"), ("cơ", "quan"), ("cảnh", "báo"), ("cấp", "cứu"),
    ("cận", "huyết"), ("cận", "nghèo"), ("cắt", "điện"), ("cử", "tri"), ("cựu", "chiến"), ("danh", "sách"),
    ("doanh", "nghiệp"), ("dân", "tộc"), ("dịch", "bệnh"), ("dịch", "tả"), ("gia", "cầm"), ("gia", "súc"),
    ("gia", "đình"), ("giao", "dịch"), ("giao", "thông"), ("gieo", "cấy"), ("giám", "đốc"), ("giáo", "viên"),
    ("giường", "nằm"), ("giải", "quyết"), ("giải", "thưởng"), ("giấy", "tờ"), ("giống", "lúa"), ("hiến", "máu"),
    ("hôn", "nhân"), ("hướng", "dẫn"), ("hằng", "ngày"), ("hằng", "tháng"), ("học", "sinh"), ("họp", "bản"),
    ("hồ", "sơ"), ("hỗ", "trợ"), ("hộ", "khẩu"), ("hộ", "nghèo"), ("hội", "nghị"), ("hội", "trường"),
    ("hội", "đồng"), ("hợp", "tác"), ("khai", "giảng"), ("khai", "mạc"), ("khai", "sinh"), ("khai", "tử"),
    ("khuyến", "nông"), ("khám", "bệnh"), ("khẩn", "cấp"), ("kinh", "tế"), ("kiểm", "lâm"), ("kế", "hoạch"),
    ("kết", "hôn"), ("kỹ", "thuật"), ("lao", "động"), ("liên", "hệ"), ("loa", "đài"), ("lâm", "nghiệp"),
    ("lãi", "suất"), ("lãnh", "đạo"), ("lũ", "lụt"), ("lũ", "quét"), ("lễ", "hội"), ("lịch", "trình"),
    ("lớp", "học"), ("lừa", "đảo"), ("ma", "túy"), ("mang", "theo"), ("miễn", "phí"), ("môi", "trường"),
    ("mưa", "lớn"), ("mạng", "xã"), ("mất", "nước"), ("mất", "điện"), ("mầm", "non"), ("mẫu", "giáo"),
    ("một", "cửa"), ("nguy", "hiểm"), ("nguồn", "nước"), ("ngân", "hàng"), ("người", "già"), ("nhiệt", "độ"),
    ("nhà", "nước"), ("nhà", "trẻ"), ("nhà", "văn"), ("nhân", "dân"), ("nhân", "viên"), ("nông", "dân"),
    ("nông", "nghiệp"), ("nông", "thôn"), ("nước", "sạch"), ("nội", "trú"), ("phát", "thanh"), ("phân", "bón"),
    ("phòng", "cháy"), ("phòng", "chống"), ("phó", "chủ"), ("phụ", "huynh"), ("phụ", "nữ"), ("quy", "hoạch"),
    ("quảng", "cáo"), ("rác", "thải"), ("rét", "hại"), ("rét", "đậm"), ("rừng", "già"), ("sát", "hạch"),
    ("sơ", "tán"), ("sạt", "lở"), ("sổ", "hộ"), ("sức", "khoẻ"), ("sức", "khỏe"), ("sử", "dụng"),
    ("sửa", "chữa"), ("tham", "dự"), ("tham", "gia"), ("thanh", "niên"), ("thanh", "toán"), ("thi", "công"),
    ("thi", "đấu"), ("thiếu", "nhi"), ("thu", "hoạch"), ("thu", "mua"), ("thành", "phần"), ("thông", "báo"),
    ("thông", "tin"), ("thú", "rừng"), ("thường", "trú"), ("thể", "thao"), ("thời", "gian"), ("thời", "tiết"),
    ("thủ", "tục"), ("thủy", "nông"), ("tiêm", "chủng"), ("tiêm", "phòng"), ("tiêm", "vắc"), ("tiếp", "nhận"),
    ("tiết", "kiệm"), ("tiểu", "học"), ("trung", "học"), ("trách", "nhiệm"), ("trâu", "bò"), ("trường", "học"),
    ("trưởng", "bản"), ("trưởng", "thôn"), ("trật", "tự"), ("trẻ", "em"), ("trẻ", "nhỏ"), ("trồng", "trọt"),
    ("trợ", "cấp"), ("trụ", "sở"), ("trực", "tiếp"), ("tuyên", "truyền"), ("tuyển", "dụng"), ("tuyển", "sinh"),
    ("tạm", "trú"), ("tảo", "hôn"), ("tập", "huấn"), ("tổ", "chức"), ("tổng", "kết"), ("tội", "phạm"),
    ("vay", "vốn"), ("việc", "làm"), ("văn", "hóa"), ("văn", "nghệ"), ("vận", "động"), ("vệ", "sinh"),
    ("xe", "máy"), ("xây", "dựng"), ("xã", "hội"), ("y", "sĩ"), ("yêu", "cầu"), ("ô", "tô"), ("điện", "lực"),
    ("điện", "thoại"), ("đoàn", "kết"), ("đào", "tạo"), ("đăng", "ký"), ("đơn", "vị"), ("đường", "bộ"),
    ("đại", "biểu"), ("đại", "diện"), ("đất", "đai"), ("đề", "nghị"), ("địa", "bàn"), ("địa", "điểm"),
    ("đốt", "nương"), ("đồng", "bào"), ("động", "đất"), ("ủy", "ban"), ("ứng", "cử"),
];

/// Words that turn what is said after them round: cut off at the end of a page they bid what they forbid.
pub const NEGATIONS: [&str; 7] = ["không", "cấm", "chưa", "đừng", "chớ", "chẳng", "tránh"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_in_the_order_in_which_they_are_looked_up() {
        assert!(COMPOUNDS.is_sorted());
    }
}
