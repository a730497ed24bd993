/**
 * Passwords of eight characters and more that stand at the top of every list of stolen ones, in lower case. Shorter
 * ones are refused for their length.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  12345678 123456789 1234567890 12345678910 123456789a 0123456789 0987654321 9876543210 987654321 87654321
  11223344 1122334455 12341234 123123123 12121212 11112222 13131313 147258369 159753456 741852963 789456123
  147852369 123654789 123321123 135792468 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 q1w2e3r4
  q1w2e3r4t5 qwer1234 qwerty12 qwerty123 qwerty1234 qwerty12345 qwertyui qwertyuiop qwertyuiop123 qazwsxedc
  qazwsx123 zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm123 asdfghjk asdfghjkl asdf1234 asdfasdf qweqweqwe qwe123qwe
  abcd1234 abcdefgh abc12345 abcdefg1 a1b2c3d4 a1234567 a12345678 a123456789 aa123456 aa12345678 1234abcd 1234qwer
  password passwords password1 password12 password123 password1234 password! password1! password123! passw0rd
  p@ssword p@ssw0rd p@ssw0rd1 p@ssw0rd123 pa55word pa$$word passwort passwort1 motdepasse contraseña mypassword
  newpassword changeme changeme1 changeme123 changeit letmein1 letmein123 welcome1 welcome12 welcome123 welcome1!
  admin123 admin1234 admin12345 admin@123 administrator adminadmin root1234 rootroot toor1234 default1 secret123
  test1234 testtest test12345 testing1 testing123 guest123 user1234 username login123 master123 system123 server123
  iloveyou iloveyou1 iloveyou2 loveyou1 sunshine sunshine1 princess princess1 princesa football football1 baseball
  baseball1 basketball superman superman1 batman123 spiderman starwars starwars1 pokemon1 pokemon123 dragon123
  monkey123 shadow123 michael1 jennifer jessica1 charlie1 jordan23 michelle liverpool liverpool1 chelsea1 arsenal1
  computer internet samsung1 trustno1 whatever corvette mercedes maverick midnight mustang1 danielle elizabeth
  alexander alexandra benjamin christian nicholas victoria chocolate butterfly hello123 hellohello welcome2
  freedom1 cheese123 blink182 summer12 summer123 summer2024 summer2025 winter123 winter2024 winter2025 spring2025
  autumn2025 january1 november september december cloudstack openstack nephos123 nephosnephos
  `
    .trim()
    .split(/\s+/),
);
