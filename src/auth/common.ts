// Words that most bad passwords are made of. Asked without digits and signs, so `Password2026!!` is `password`.
export const COMMON = new Set(
  `password passwort passw pass parol пароль qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbnm qazwsx qazwsxedc йцукен
йцукенг фыва admin administrator root user guest test tester welcome letmein login logon secret default changeme iloveyou
sunshine princess monkey dragon football baseball superman batman master shadow michael jordan charlie trustno starwars hello
freedom whatever computer internet samsung google summer winter spring autumn monday company office callcenter callcentre
contactcenter dialhook asterisk freepbx pbxadmin sangoma trixbox elastix issabel operator supervisor telephone phone voip sip
manager amportal abc abcd abcdef abcdefgh abcabc aaa iloveu lovely flower ninja mustang access temp temporary newpassword
mypassword yourpassword thepassword passwordpassword correcthorsebatterystaple tashkent uzbekistan samarkand moscow russia salom
salomat privet привет любовь`.split(/\s+/),
);
