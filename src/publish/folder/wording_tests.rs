//! What officials get back for the mistakes that they make, word for word.

use super::tests::{folder, now, probe};
use super::*;
use crate::problem::Speech;

/// Lines under the title of a notice, from line 4 on, and the one message that they give in both languages.
const IN_A_NOTICE: &[(&str, &str, &str)] = &[
    (
        r#"image = "C:\Users\Lan\Pictures\anh.jpg""#,
        r#"4: `C:\Users\Lan\Pictures\anh.jpg` nằm trên máy tính, ngoài thư mục được phát hành; hãy chép tệp vào thư mục rồi viết image = "anh.jpg""#,
        r#"4: `C:\Users\Lan\Pictures\anh.jpg` is on the computer, outside of the folder that is published; copy the file into the folder and write image = "anh.jpg""#,
    ),
    (
        r#"image = "anh\cho.jpg""#,
        r#"4: `anh\cho.jpg` viết bằng dấu `\`; hãy viết image = "anh/cho.jpg""#,
        r#"4: `anh\cho.jpg` is written with `\`; write image = "anh/cho.jpg""#,
    ),
    (
        r#"image = "C:\new\t.jpg""#,
        r#"4: `C:\new\t.jpg` nằm trên máy tính, ngoài thư mục được phát hành; hãy chép tệp vào thư mục rồi viết image = "t.jpg""#,
        r#"4: `C:\new\t.jpg` is on the computer, outside of the folder that is published; copy the file into the folder and write image = "t.jpg""#,
    ),
    (
        r#"image = "anh\trong.jpg""#,
        r#"4: `anh\trong.jpg` viết bằng dấu `\`; hãy viết image = "anh/trong.jpg""#,
        r#"4: `anh\trong.jpg` is written with `\`; write image = "anh/trong.jpg""#,
    ),
    (
        r#"text = "Họp dân"#,
        r#"4: dấu ngoặc kép trước `Họp dân` chưa được đóng lại; hãy viết text = "Họp dân""#,
        r#"4: the quotation mark before `Họp dân` is not closed; write text = "Họp dân""#,
    ),
    (
        r#"text = "dòng 1
dòng 2""#,
        r#"4: phần chữ `dòng 1…` có nhiều dòng nhưng mỗi đầu chỉ có một dấu ngoặc kép; hãy viết text = """ trước `dòng 1` và """ sau `dòng 2`"#,
        r#"4: the text `dòng 1…` has several lines, but only one quotation mark at each end; write text = """ before `dòng 1` and """ after `dòng 2`"#,
    ),
    (
        r#"text = "Họp dân
link = "https://a.vn""#,
        r#"4: dấu ngoặc kép trước `Họp dân` chưa được đóng lại; hãy viết text = "Họp dân""#,
        r#"4: the quotation mark before `Họp dân` is not closed; write text = "Họp dân""#,
    ),
    (
        r#"text = """Họp dân
dòng 2
[[notice]]
title = "B"
text = """
x
""""#,
        r#"4: dấu ngoặc kép trước `Họp dân…` chưa được đóng lại; hãy viết text = """ trước `Họp dân` và """ sau `dòng 2`"#,
        r#"4: the quotation mark before `Họp dân…` is not closed; write text = """ before `Họp dân` and """ after `dòng 2`"#,
    ),
    (
        r#"text = "Hội thi "Nhà nông" xã""#,
        r#"4: bên trong phần chữ `Hội thi "Nhà nông" xã` lại có dấu ngoặc kép; hãy viết text = "Hội thi “Nhà nông” xã""#,
        r#"4: there are quotation marks inside the text `Hội thi "Nhà nông" xã`; write text = "Hội thi “Nhà nông” xã""#,
    ),
    (
        r#"text: "Họp dân""#,
        r#"4: sau `text` là dấu `:`, phải là dấu `=`; hãy viết text = "Họp dân""#,
        r#"4: there is `:` behind `text`, where `=` belongs; write text = "Họp dân""#,
    ),
    (
        r#"text : "Họp dân""#,
        r#"4: sau `text` là dấu `:`, phải là dấu `=`; hãy viết text = "Họp dân""#,
        r#"4: there is `:` behind `text`, where `=` belongs; write text = "Họp dân""#,
    ),
    (
        r#"text = "Họp dân";"#,
        r#"4: sau `Họp dân` thừa dấu `;`; hãy viết text = "Họp dân""#,
        r#"4: there is `;` behind `Họp dân`; write text = "Họp dân""#,
    ),
    (
        r#"seconds = 60,"#,
        r#"4: sau `60` thừa dấu `,`; hãy viết seconds = 60"#,
        r#"4: there is `,` behind `60`; write seconds = 60"#,
    ),
    (
        r#"text = Họp dân ở bản"#,
        r#"4: phần chữ `Họp dân ở bản` thiếu dấu ngoặc kép; hãy viết text = "Họp dân ở bản""#,
        r#"4: `Họp dân ở bản` lacks its quotation marks; write text = "Họp dân ở bản""#,
    ),
    (
        r#"text = “Họp dân”"#,
        r#"4: hai bên `Họp dân` có dấu ngoặc kép cong; hãy viết text = "Họp dân""#,
        r#"4: there are curly quotation marks round `Họp dân`; write text = "Họp dân""#,
    ),
    (
        r#"until = 2026-02-30"#,
        r#"4: không có ngày `2026-02-30`: tháng 2 năm 2026 chỉ có 28 ngày; hãy viết until = 2026-02-28 nếu ý là ngày cuối tháng"#,
        r#"4: `2026-02-30` is not a date: February 2026 has 28 days; write until = 2026-02-28, if the last day of the month is meant"#,
    ),
    (
        r#"until = "2026-02-30""#,
        r#"4: không có ngày `2026-02-30`: tháng 2 năm 2026 chỉ có 28 ngày; hãy viết until = 2026-02-28 nếu ý là ngày cuối tháng"#,
        r#"4: `2026-02-30` is not a date: February 2026 has 28 days; write until = 2026-02-28, if the last day of the month is meant"#,
    ),
    (
        r#"until = 31/12/2026"#,
        r#"4: `31/12/2026` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-31"#,
        r#"4: `31/12/2026` is not a date as it is written here; write until = 2026-12-31"#,
    ),
    (
        r#"from = 5/12/2026"#,
        r#"4: `5/12/2026` không viết đúng dạng ngày giờ; hãy viết from = 2026-12-05"#,
        r#"4: `5/12/2026` is not a date as it is written here; write from = 2026-12-05"#,
    ),
    (
        r#"until = 5-12-2026"#,
        r#"4: `5-12-2026` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05"#,
        r#"4: `5-12-2026` is not a date as it is written here; write until = 2026-12-05"#,
    ),
    (
        r#"until = "5.12.2026""#,
        r#"4: `5.12.2026` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05"#,
        r#"4: `5.12.2026` is not a date as it is written here; write until = 2026-12-05"#,
    ),
    (
        r#"countdown = 2026-2-5"#,
        r#"4: `2026-2-5` không viết đúng dạng ngày giờ; hãy viết countdown = 2026-02-05"#,
        r#"4: `2026-2-5` is not a date as it is written here; write countdown = 2026-02-05"#,
    ),
    (
        r#"until = 2026/12/5"#,
        r#"4: `2026/12/5` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05"#,
        r#"4: `2026/12/5` is not a date as it is written here; write until = 2026-12-05"#,
    ),
    (
        r#"until = 17h00 5/12/2026"#,
        r#"4: `17h00 5/12/2026` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05T17:00"#,
        r#"4: `17h00 5/12/2026` is not a date as it is written here; write until = 2026-12-05T17:00"#,
    ),
    (
        r#"until = "5/12/2026 17:00""#,
        r#"4: `5/12/2026 17:00` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05T17:00"#,
        r#"4: `5/12/2026 17:00` is not a date as it is written here; write until = 2026-12-05T17:00"#,
    ),
    (
        r#"until = 2026-12-05 17h30"#,
        r#"4: `2026-12-05 17h30` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05T17:30"#,
        r#"4: `2026-12-05 17h30` is not a date as it is written here; write until = 2026-12-05T17:30"#,
    ),
    (
        r#"until = mai"#,
        r#"4: `mai` không phải là ngày giờ; hãy viết năm-tháng-ngày: until = 2026-11-24 hoặc until = 2026-11-24T07:30:00"#,
        r#"4: `mai` is not a date; write year-month-day: until = 2026-11-24 or until = 2026-11-24T07:30:00"#,
    ),
    (
        r#"times = 7h30-11h"#,
        r#"4: `7h30-11h` không phải là khoảng giờ; hãy viết times = ["07:30-11:00"]"#,
        r#"4: `7h30-11h` is not a span of the day; write times = ["07:30-11:00"]"#,
    ),
    (
        r#"times = ["7h30 đến 11h", "17h-18h"]"#,
        r#"4: `7h30 đến 11h` không phải là khoảng giờ; hãy viết times = ["07:30-11:00", "17:00-18:00"]"#,
        r#"4: `7h30 đến 11h` is not a span of the day; write times = ["07:30-11:00", "17:00-18:00"]"#,
    ),
    (
        r#"times = [7h30-11h]"#,
        r#"4: `7h30-11h` không phải là khoảng giờ; hãy viết times = ["07:30-11:00"]"#,
        r#"4: `7h30-11h` is not a span of the day; write times = ["07:30-11:00"]"#,
    ),
    (
        r#"days = ["T2", "T4", "CN"]"#,
        r#"4: `days` không có giá trị `T2`; hãy viết days = ["mon", "wed", "sun"]"#,
        r#"4: `days` knows no `T2`; write days = ["mon", "wed", "sun"]"#,
    ),
    (
        r#"days = "T2-T6""#,
        r#"4: `days` là danh sách, không phải `T2-T6`; hãy viết days = ["mon", "tue", "wed", "thu", "fri"]"#,
        r#"4: `days` is a list, not `T2-T6`; write days = ["mon", "tue", "wed", "thu", "fri"]"#,
    ),
    (
        r#"days = T2-T6"#,
        r#"4: `days` là danh sách, không phải `T2-T6`; hãy viết days = ["mon", "tue", "wed", "thu", "fri"]"#,
        r#"4: `days` is a list, not `T2-T6`; write days = ["mon", "tue", "wed", "thu", "fri"]"#,
    ),
    (
        r#"days = ["thứ hai", "Monday", "mon"]"#,
        r#"4: `days` không có giá trị `thứ hai`; hãy viết days = ["mon"]"#,
        r#"4: `days` knows no `thứ hai`; write days = ["mon"]"#,
    ),
    (
        r#"days = [2, 4]"#,
        r#"4: `days` không có giá trị `2`; hãy viết days = ["mon", "wed"]"#,
        r#"4: `days` knows no `2`; write days = ["mon", "wed"]"#,
    ),
    (
        r#"days = [thứ hai, thứ tư]"#,
        r#"4: `days` không có giá trị `thứ hai`; hãy viết days = ["mon", "wed"]"#,
        r#"4: `days` knows no `thứ hai`; write days = ["mon", "wed"]"#,
    ),
    (
        r#"priority = 1"#,
        r#"4: `priority` không có giá trị `1`; hãy viết một trong: priority = "low", priority = "normal", priority = "urgent""#,
        r#"4: `priority` knows no `1`; write one of: priority = "low", priority = "normal", priority = "urgent""#,
    ),
    (
        r#"priority = "2""#,
        r#"4: `priority` không có giá trị `2`; hãy viết một trong: priority = "low", priority = "normal", priority = "urgent""#,
        r#"4: `priority` knows no `2`; write one of: priority = "low", priority = "normal", priority = "urgent""#,
    ),
    (
        r#"countdown = 5"#,
        r#"4: `countdown` là số nguyên, không phải ngày giờ: `5`; hãy viết `countdown = 2026-11-24T07:30:00`"#,
        r#"4: `countdown` is a whole number, not a date: `5`; write `countdown = 2026-11-24T07:30:00`"#,
    ),
    (
        r#"until = 5/12"#,
        r#"4: `5/12` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05"#,
        r#"4: `5/12` is not a date as it is written here; write until = 2026-12-05"#,
    ),
    (
        r#"image = "https://x/y.jpg""#,
        r#"4: `https://x/y.jpg` là địa chỉ trên mạng, mà ảnh phải là tệp nằm trong thư mục; hãy tải về, lưu vào thư mục rồi viết image = "y.jpg""#,
        r#"4: `https://x/y.jpg` is an address on the web, and a picture must be a file in the folder; save it into the folder and write image = "y.jpg""#,
    ),
    (
        r#"audio = "HTTP://a.vn/loa?id=3""#,
        r#"4: `HTTP://a.vn/loa?id=3` là địa chỉ trên mạng, mà âm thanh phải là tệp nằm trong thư mục; hãy tải về, lưu vào thư mục rồi viết audio = "loa.mp3""#,
        r#"4: `HTTP://a.vn/loa?id=3` is an address on the web, and a sound must be a file in the folder; save it into the folder and write audio = "loa.mp3""#,
    ),
    (
        r#"text = """"#,
        r#"4: phần chữ mở ra sau `text =` chưa được đóng lại; hãy viết phần chữ sau đó, và """ ở cuối"#,
        r#"4: a text begins behind `text =`, and is not closed; write the text behind it, and """ at its end"#,
    ),
    (
        r#"text = """"Họp dân"#,
        r#"4: dấu ngoặc kép trước `Họp dân` chưa được đóng lại; hãy viết text = "Họp dân""#,
        r#"4: the quotation mark before `Họp dân` is not closed; write text = "Họp dân""#,
    ),
    (
        r#"priority = "cao""#,
        r#"4: `priority` không có giá trị `cao`; hãy viết priority = "urgent"; có thể dùng: low, normal, urgent"#,
        r#"4: `priority` knows no `cao`; write priority = "urgent"; there are: low, normal, urgent"#,
    ),
    (
        r#"priority = khẩn"#,
        r#"4: `priority` không có giá trị `khẩn`; hãy viết priority = "urgent"; có thể dùng: low, normal, urgent"#,
        r#"4: `priority` knows no `khẩn`; write priority = "urgent"; there are: low, normal, urgent"#,
    ),
    (
        r#"category = "Y tế""#,
        r#"4: `category` không có giá trị `Y tế`; hãy viết category = "y-te"; có thể dùng: chung, y-te, dien, nuoc, hop, nong-nghiep, an-ninh, thoi-tiet, van-hoa"#,
        r#"4: `category` knows no `Y tế`; write category = "y-te"; there are: chung, y-te, dien, nuoc, hop, nong-nghiep, an-ninh, thoi-tiet, van-hoa"#,
    ),
    (
        r#"category = họp dân"#,
        r#"4: `category` không có giá trị `họp dân`; hãy viết category = "hop"; có thể dùng: chung, y-te, dien, nuoc, hop, nong-nghiep, an-ninh, thoi-tiet, van-hoa"#,
        r#"4: `category` knows no `họp dân`; write category = "hop"; there are: chung, y-te, dien, nuoc, hop, nong-nghiep, an-ninh, thoi-tiet, van-hoa"#,
    ),
    (
        r#"seconds = "60s""#,
        r#"4: `seconds` là chuỗi chữ, không phải số nguyên: `60s`; hãy viết `seconds = 60`"#,
        r#"4: `seconds` is a text, not a whole number: `60s`; write `seconds = 60`"#,
    ),
    (
        r#"seconds = 60s"#,
        r#"4: `seconds` là chuỗi chữ, không phải số nguyên: `60s`; hãy viết `seconds = 60`"#,
        r#"4: `seconds` is a text, not a whole number: `60s`; write `seconds = 60`"#,
    ),
    (
        r#"seconds = 1 phút"#,
        r#"4: `seconds` là chuỗi chữ, không phải số nguyên: `1 phút`; hãy viết `seconds = 60`"#,
        r#"4: `seconds` is a text, not a whole number: `1 phút`; write `seconds = 60`"#,
    ),
    (
        r#"seconds = 60.0"#,
        r#"4: `seconds` là số thập phân, không phải số nguyên: `60.0`; hãy viết `seconds = 60`"#,
        r#"4: `seconds` is a decimal number, not a whole number: `60.0`; write `seconds = 60`"#,
    ),
    (
        r#"evergreen = có"#,
        r#"4: `evergreen` là chuỗi chữ, không phải true hoặc false: `có`; hãy viết `evergreen = true`"#,
        r#"4: `evergreen` is a text, not true or false: `có`; write `evergreen = true`"#,
    ),
    (
        r#"evergreen = "yes""#,
        r#"4: `evergreen` là chuỗi chữ, không phải true hoặc false: `yes`; hãy viết `evergreen = true`"#,
        r#"4: `evergreen` is a text, not true or false: `yes`; write `evergreen = true`"#,
    ),
    (
        r#"evergreen = 1"#,
        r#"4: `evergreen` là số nguyên, không phải true hoặc false: `1`; hãy viết `evergreen = true`"#,
        r#"4: `evergreen` is a whole number, not true or false: `1`; write `evergreen = true`"#,
    ),
    (
        r#"evergreen = True"#,
        r#"4: `evergreen` là chuỗi chữ, không phải true hoặc false: `True`; hãy viết `evergreen = true`"#,
        r#"4: `evergreen` is a text, not true or false: `True`; write `evergreen = true`"#,
    ),
    (
        r#"tiêu đề = "Họp""#,
        r#"4: không có mục `tiêu đề`; có phải ý là `title`?"#,
        r#"4: unknown key `tiêu đề`; did you mean `title`?"#,
    ),
    (
        r#"nội dung = "Họp""#,
        r#"4: không có mục `nội dung`; có phải ý là `text`?"#,
        r#"4: unknown key `nội dung`; did you mean `text`?"#,
    ),
    (
        r#"noi_dung = "Họp""#,
        r#"4: không có mục `noi_dung`; có phải ý là `text`?"#,
        r#"4: unknown key `noi_dung`; did you mean `text`?"#,
    ),
    (
        r#"hình ảnh = "anh/cho.jpg""#,
        r#"4: không có mục `hình ảnh`; có phải ý là `image`?"#,
        r#"4: unknown key `hình ảnh`; did you mean `image`?"#,
    ),
    (
        r#"từ ngày = 2026-12-01"#,
        r#"4: không có mục `từ ngày`; có phải ý là `from`?"#,
        r#"4: unknown key `từ ngày`; did you mean `from`?"#,
    ),
    (
        r#"hết hạn: 5/12/2026"#,
        r#"4: không có mục `hết hạn`; có phải ý là `until`?"#,
        r#"4: unknown key `hết hạn`; did you mean `until`?"#,
    ),
    (
        r#"content = "x""#,
        r#"4: không có mục `content`; có phải ý là `text`?"#,
        r#"4: unknown key `content`; did you mean `text`?"#,
    ),
    (
        r#"expires = 2026-12-05"#,
        r#"4: không có mục `expires`; có phải ý là `until`?"#,
        r#"4: unknown key `expires`; did you mean `until`?"#,
    ),
    (
        r#"Text = "x""#,
        r#"4: không có mục `Text`; có phải ý là `text`?"#,
        r#"4: unknown key `Text`; did you mean `text`?"#,
    ),
    (
        r#"text == "x""#,
        r#"4: sau `text` chỉ dùng một dấu `=`; hãy viết text = "x""#,
        r#"4: behind `text` belongs one `=`; write text = "x""#,
    ),
    (
        r#"text "x""#,
        r#"4: sau `text` thiếu dấu `=`; hãy viết text = "x""#,
        r#"4: there is no `=` behind `text`; write text = "x""#,
    ),
    (
        r#"text Họp dân"#,
        r#"4: sau `text` thiếu dấu `=`; hãy viết text = "Họp dân""#,
        r#"4: there is no `=` behind `text`; write text = "Họp dân""#,
    ),
    (
        r#"Họp dân ở bản"#,
        r#"4: dòng `Họp dân ở bản` không có dạng `mục = giá trị`; hãy viết text = "Họp dân ở bản", hoặc thêm dấu # ở đầu nếu chỉ là ghi chú"#,
        r#"4: `Họp dân ở bản` is not of the form `key = value`; write text = "Họp dân ở bản", or # in front of it if it is a remark"#,
    ),
    (
        r#"text"#,
        r#"4: mục `text` chưa có giá trị; hãy viết text = "…" hoặc xóa dòng này"#,
        r#"4: `text` has no value; write text = "…", or delete the line"#,
    ),
    (
        r#"title = "B""#,
        r#"4: mục `title` bị viết hai lần: đã có ở dòng 3; hãy xóa một trong hai dòng; nếu đây là tin mới thì thêm dòng [[notice]] ở trên"#,
        r#"4: `title` is there twice: it is on line 3 already; delete one of the two lines; where a new notice begins here, write [[notice]] above this one"#,
    ),
    (
        r#"text ="#,
        r#"4: sau `text =` chưa có gì; hãy viết text = "…" hoặc xóa dòng này"#,
        r#"4: there is nothing behind `text =`; write text = "…", or delete the line"#,
    ),
    (
        r#"days = ["mon" "tue"]"#,
        r#"4: danh sách `["mon" "tue"]` thiếu dấu ngoặc vuông, dấu phẩy hoặc dấu ngoặc kép; hãy viết days = ["mon", "tue"]"#,
        r#"4: a bracket, a comma or a quotation mark is missing in the list `["mon" "tue"]`; write days = ["mon", "tue"]"#,
    ),
    (
        r#"days = ["mon", "tue"
seconds = 30"#,
        r#"4: danh sách `["mon", "tue"` thiếu dấu ngoặc vuông, dấu phẩy hoặc dấu ngoặc kép; hãy viết days = ["mon", "tue"]"#,
        r#"4: a bracket, a comma or a quotation mark is missing in the list `["mon", "tue"`; write days = ["mon", "tue"]"#,
    ),
    (
        r#"days = "mon", "tue""#,
        r#"4: danh sách sau `days =` thiếu dấu ngoặc vuông; hãy viết days = ["mon", "tue"]"#,
        r#"4: the list behind `days =` has no square brackets; write days = ["mon", "tue"]"#,
    ),
    (
        r#"text = "a"; seconds = 30"#,
        r#"4: trên cùng dòng, sau `a` còn có mục thứ hai; hãy viết text = "a", mục kia viết ở dòng dưới"#,
        r#"4: there is a second key on the line, behind `a`; write text = "a", and the other key on the next line"#,
    ),
    (
        r#"text = 'it's'"#,
        r#"4: bên trong phần chữ `it's` lại có dấu ngoặc kép; hãy viết text = "it's""#,
        r#"4: there are quotation marks inside the text `it's`; write text = "it's""#,
    ),
    (
        r#"text = "Họp dân" 19h30"#,
        r#"4: bên trong phần chữ `Họp dân" 19h30` lại có dấu ngoặc kép; hãy viết text = "Họp dân 19h30""#,
        r#"4: there are quotation marks inside the text `Họp dân" 19h30`; write text = "Họp dân 19h30""#,
    ),
    (
        r#"text = ''Họp dân''"#,
        r#"4: bên trong phần chữ `Họp dân` lại có dấu ngoặc kép; hãy viết text = "Họp dân""#,
        r#"4: there are quotation marks inside the text `Họp dân`; write text = "Họp dân""#,
    ),
    (
        r#"text = “Họp dân"#,
        r#"4: dấu ngoặc kép trước `Họp dân` chưa được đóng lại; hãy viết text = "Họp dân""#,
        r#"4: the quotation mark before `Họp dân` is not closed; write text = "Họp dân""#,
    ),
    (
        r#"text = "Họp dân”"#,
        r#"4: hai bên `Họp dân` có dấu ngoặc kép cong; hãy viết text = "Họp dân""#,
        r#"4: there are curly quotation marks round `Họp dân`; write text = "Họp dân""#,
    ),
    (
        r#"text = "Hội thi "Nhà nông"""#,
        r#"4: bên trong phần chữ `Hội thi "Nhà nông"` lại có dấu ngoặc kép; hãy viết text = "Hội thi “Nhà nông”""#,
        r#"4: there are quotation marks inside the text `Hội thi "Nhà nông"`; write text = "Hội thi “Nhà nông”""#,
    ),
    (
        r#"- text = "x""#,
        r#"4: `- text` không dùng làm tên mục được; hãy viết text = "x""#,
        r#"4: `- text` cannot name anything here; write text = "x""#,
    ),
    (
        r#"text = dòng 1
dòng 2"#,
        r#"4: phần chữ `dòng 1…` thiếu dấu ngoặc kép; hãy viết text = """ trước `dòng 1` và """ sau `dòng 2`"#,
        r#"4: `dòng 1…` lacks its quotation marks; write text = """ before `dòng 1` and """ after `dòng 2`"#,
    ),
    (
        r#"text = """Họp dân""#,
        r#"4: dấu ngoặc kép trước `Họp dân` chưa được đóng lại; hãy viết text = "Họp dân""#,
        r#"4: the quotation mark before `Họp dân` is not closed; write text = "Họp dân""#,
    ),
    (
        r#"until = “5/12/2026”"#,
        r#"4: `5/12/2026` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-05"#,
        r#"4: `5/12/2026` is not a date as it is written here; write until = 2026-12-05"#,
    ),
    (
        r#"link = https://a.vn"#,
        r#"4: phần chữ `https://a.vn` thiếu dấu ngoặc kép; hãy viết link = "https://a.vn""#,
        r#"4: `https://a.vn` lacks its quotation marks; write link = "https://a.vn""#,
    ),
    (
        r#"text = 50\50"#,
        r#"4: phần chữ `50\50` thiếu dấu ngoặc kép; hãy viết text = '50\50'"#,
        r#"4: `50\50` lacks its quotation marks; write text = '50\50'"#,
    ),
    (
        r#"text = "50\cái""#,
        r#"4: `50\cái` có dấu `\`, dấu này có nghĩa khác khi nằm giữa hai dấu ngoặc kép; hãy viết text = '50\cái'"#,
        r#"4: `50\cái` holds `\`, which means something else between these quotation marks; write text = '50\cái'"#,
    ),
    (
        r#"text = "x" // ghi chú"#,
        r#"4: sau `"x"` có ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`; hãy viết text = "x" # ghi chú"#,
        r#"4: there is a remark behind `"x"`, and remarks begin with `#`; write text = "x" # ghi chú"#,
    ),
    (
        r#"link = "https://a.vn" //"#,
        r#"4: sau `"https://a.vn"` có ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`; hãy viết link = "https://a.vn""#,
        r#"4: there is a remark behind `"https://a.vn"`, and remarks begin with `#`; write link = "https://a.vn""#,
    ),
    (
        r#"seconds = 60 /* một phút */"#,
        r#"4: sau `60` có ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`; hãy viết seconds = 60 # một phút"#,
        r#"4: there is a remark behind `60`, and remarks begin with `#`; write seconds = 60 # một phút"#,
    ),
    (
        r#"// tin này: hết hạn"#,
        r#"4: `// tin này: hết hạn` là ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`; hãy viết # tin này: hết hạn"#,
        r#"4: `// tin này: hết hạn` is a remark, and remarks begin with `#`; write # tin này: hết hạn"#,
    ),
    (
        r#"countdown = 2026-12-05T25:00"#,
        r#"4: `2026-12-05T25:00` ghi 25 giờ, mà một ngày chỉ có từ 0 đến 23 giờ; hãy viết giờ từ 0 đến 23, ví dụ countdown = 2026-12-05T07:30"#,
        r#"4: `2026-12-05T25:00` has hour 25, and a day has only the hours from 0 to 23; write an hour from 0 to 23, such as countdown = 2026-12-05T07:30"#,
    ),
    (
        r#"until = "5/12/2026 17h75""#,
        r#"4: `5/12/2026 17h75` ghi 75 phút, mà một giờ chỉ có từ 0 đến 59 phút; hãy viết phút từ 0 đến 59, ví dụ until = 2026-12-05T07:30"#,
        r#"4: `5/12/2026 17h75` has minute 75, and an hour has only the minutes from 0 to 59; write a minute from 0 to 59, such as until = 2026-12-05T07:30"#,
    ),
    (
        r#"until = 2026-12-05T24:00"#,
        r#"4: `2026-12-05T24:00` không viết đúng dạng ngày giờ; hãy viết until = 2026-12-06T00:00"#,
        r#"4: `2026-12-05T24:00` is not a date as it is written here; write until = 2026-12-06T00:00"#,
    ),
    (
        r#"times = ["22:00-24:30"]"#,
        r#"4: `22:00-24:30` không phải là khoảng giờ; hãy viết times = ["22:00-00:30"]"#,
        r#"4: `22:00-24:30` is not a span of the day; write times = ["22:00-00:30"]"#,
    ),
];

/// Whole files, and all that is said of them.
const WHOLE: &[(&str, &[(&str, &str)])] = &[
    (
        r#"title = "Xã"
[notice]
title = "A""#,
        &[(
            r#"2: `notice` cần hai dấu ngoặc vuông vì có thể có nhiều; hãy viết `[[notice]]`"#,
            r#"2: `notice` needs double brackets: there may be several; write `[[notice]]`"#,
        )],
    ),
    (
        r#"title = "Xã"
[notice]
title = "A"
[notice]
title = "B""#,
        &[
            (
                r#"2: `[notice]` cần hai dấu ngoặc vuông vì có nhiều mục như vậy; hãy viết [[notice]]"#,
                r#"2: `[notice]` needs double brackets: there are several; write [[notice]]"#,
            ),
            (
                r#"4: `[notice]` cần hai dấu ngoặc vuông vì có nhiều mục như vậy; hãy viết [[notice]]"#,
                r#"4: `[notice]` needs double brackets: there are several; write [[notice]]"#,
            ),
        ],
    ),
    (
        r#"title = "Xã"
[[tin]]
title = "A"
[[tin]]
title = "B""#,
        &[
            (
                r#"2: không có mục `tin`; có phải ý là `notice`?"#,
                r#"2: unknown key `tin`; did you mean `notice`?"#,
            ),
            (
                r#"4: không có mục `tin`; có phải ý là `notice`?"#,
                r#"4: unknown key `tin`; did you mean `notice`?"#,
            ),
        ],
    ),
    (
        r#"title = "Xã"
[[thông báo]]
title = "A""#,
        &[(
            r#"2: không có mục `thông báo`; có phải ý là `notice`?"#,
            r#"2: unknown key `thông báo`; did you mean `notice`?"#,
        )],
    ),
    (
        r#"title = "Xã"
[[notice]
title = "A""#,
        &[(
            r#"2: `[[notice]` chưa đúng dạng dòng mở đầu một mục; hãy viết [[notice]]"#,
            r#"2: `[[notice]` is not a heading of a table; write [[notice]]"#,
        )],
    ),
    (
        r#"title = "Xã"
[[notice
title = "A""#,
        &[(
            r#"2: `[[notice` chưa đúng dạng dòng mở đầu một mục; hãy viết [[notice]]"#,
            r#"2: `[[notice` is not a heading of a table; write [[notice]]"#,
        )],
    ),
    (
        r#"title = "Xã"
notice
title = "A""#,
        &[(
            r#"2: `notice` chưa đúng dạng dòng mở đầu một mục; hãy viết [[notice]]"#,
            r#"2: `notice` is not a heading of a table; write [[notice]]"#,
        )],
    ),
    (
        r#"title = "Xã"
[[notice]] title = "A""#,
        &[(
            r#"2: sau [[notice]] còn có `title = "A"` trên cùng dòng; hãy viết [[notice]] trên một dòng riêng, phần còn lại ở dòng dưới"#,
            r#"2: something stands behind [[notice]]: `title = "A"`; write [[notice]] on a line of its own, the rest below it"#,
        )],
    ),
    (
        r#"tiêu đề = "Xã"
[[notice]]
tieu_de = "A"
text = "abc"#,
        &[
            (
                r#"1: không có mục `tiêu đề`; có phải ý là `title`?"#,
                r#"1: unknown key `tiêu đề`; did you mean `title`?"#,
            ),
            (
                r#"3: không có mục `tieu_de`; có phải ý là `title`?"#,
                r#"3: unknown key `tieu_de`; did you mean `title`?"#,
            ),
            (
                r#"4: dấu ngoặc kép trước `abc` chưa được đóng lại; hãy viết text = "abc""#,
                r#"4: the quotation mark before `abc` is not closed; write text = "abc""#,
            ),
        ],
    ),
    (
        r#"title = "Xã"
[[announcement]]
audio = "loa.mp3"
at = 17h00"#,
        &[(
            r#"4: `17h00` không phải là giờ trong ngày; hãy viết at = ["17:00"]"#,
            r#"4: `17h00` is not a time of day; write at = ["17:00"]"#,
        )],
    ),
    (
        r#"title = "Xã"
[[announcement]]
audio = "loa.mp3"
giờ = ["5h30"]"#,
        &[(r#"4: không có mục `giờ`; có phải ý là `at`?"#, r#"4: unknown key `giờ`; did you mean `at`?"#)],
    ),
    (
        r#"title = "Xã"
[[announcement]]
audio = "loa.mp3"
at = ["5h30", "17 giờ 30"]
times = "5h-18h""#,
        &[
            (
                r#"4: `5h30` không phải là giờ trong ngày; hãy viết at = ["05:30", "17:30"]"#,
                r#"4: `5h30` is not a time of day; write at = ["05:30", "17:30"]"#,
            ),
            (
                r#"5: `5h-18h` không phải là khoảng giờ; hãy viết times = ["05:00-18:00"]"#,
                r#"5: `5h-18h` is not a span of the day; write times = ["05:00-18:00"]"#,
            ),
        ],
    ),
];

/// What is wrong with a file, as (Vietnamese, English), from its line on.
fn told(text: &str) -> Vec<(String, String)> {
    let said = |problem: &Problem| {
        let line = |speech| problem.line(speech).replacen("programme.toml:", "", 1);
        (line(Speech::Vietnamese), line(Speech::English))
    };
    let problems = read(folder(text).path(), &probe, now()).expect_err("nothing was found wrong");
    problems.iter().map(said).collect()
}

#[test]
fn one_mistake_is_one_message_with_the_value_as_it_should_be_written() {
    for (lines, vi, en) in IN_A_NOTICE {
        let text =
            format!("title = \"Xã\"\n[[notice]]\ntitle = \"Tin\"\n{lines}\n[[notice]]\ntitle = \"Sau\"\n");
        assert_eq!(told(&text), [((*vi).to_owned(), (*en).to_owned())], "{lines}");
        // As Windows ends lines.
        assert_eq!(told(&text.replace('\n', "\r\n")), [((*vi).to_owned(), (*en).to_owned())], "{lines}");
    }
}

#[test]
fn each_of_several_mistakes_has_its_message() {
    for (text, said) in WHOLE {
        let said: Vec<(String, String)> =
            said.iter().map(|(vi, en)| ((*vi).to_owned(), (*en).to_owned())).collect();
        assert_eq!(told(text), said, "{text}");
    }
}

#[test]
fn no_english_of_the_parser_stands_in_a_vietnamese_message() {
    let whole = WHOLE.iter().flat_map(|(_, said)| said.iter().map(|(vi, _)| *vi));
    for vi in IN_A_NOTICE.iter().map(|(_, vi, _)| *vi).chain(whole) {
        for word in [
            "expected",
            "invalid",
            "unclosed",
            "missing",
            "unquoted",
            "string",
            "duplicate",
            "newline",
            "literal",
            "no value",
            "extra",
            "escape",
            "parse",
            "unknown",
            "character",
            "digit",
            "quote",
            "bracket",
        ] {
            assert!(!vi.contains(word), "{word} in {vi}");
        }
    }
}

#[test]
fn a_file_as_windows_saves_it_is_read() {
    let text =
        "\u{FEFF}title\u{A0}= \"Xã\"\r\n[[notice]]\u{200B}\r\n\u{A0}\u{A0} title\u{202F}=\u{3000}\"Họp\"\r\n";
    let checked = read(folder(text).path(), &probe, now()).unwrap();
    assert_eq!(checked.programme.notices[0].title, "Họp");
    assert!(checked.warnings.is_empty(), "{:?}", checked.warnings);
    let wide = folder("");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(wide.path().join(PROGRAMME_FILE), bytes).unwrap();
    let told = read(wide.path(), &probe, now()).unwrap();
    assert_eq!(told.programme, checked.programme);
    let said = told.warnings[0].line(Speech::Vietnamese);
    assert!(said.starts_with("programme.toml: tệp được lưu bằng mã UTF-16; vẫn đọc được"), "{said}");
}
