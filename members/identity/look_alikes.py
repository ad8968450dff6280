"""Letters that look like Latin ones: data, no code. Kept by hand, for the scripts that people borrow letters from."""


def _pairs(text: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in text.split()}


LETTERS: dict[int, str | None] = {
    # Cyrillic
    **_pairs("Аa Вb Сc Еe Нh Іi Јj Кk Мm Оo Рp Ѕs Тt Уy Хx Ѵv Ԝw Ԛq Үy Һh Ԁd Ьb Ғf Ӏl Ԍg Ѡw"),
    **_pairs("аa вb сc еe нh іi јj кk мm оo рp ѕs тt уy хx ѵv ԝw ԛq үy һh ԁd ьb ғf ӏl ԍg ѡw гr пn иu"),
    # Greek
    **_pairs("Αa Βb Εe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx Ϲc Ϳj"),
    **_pairs("αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw γy ϲc ϳj"),
    # Armenian, Coptic
    **_pairs("Օo Սu Տs Լl օo ոn սu հh ցg զq ոn Ⲟo ⲟo Ⲥc ⲥc Ⲣp ⲣp Ⲕk ⲕk Ⲏh ⲏh Ⲛn ⲛn Ⲙm ⲙm Ⲧt ⲧt"),
    # Cherokee, Lisu
    **_pairs("Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮐg Ꮋh Ꭵi Ꭻj Ꮶk Ꮮl Ꮇm Ꮎo Ꮲp Ꮢr Ꮪs Ꭲt Ꮩv Ꮃw Ꮓz Ꭹy"),
    **_pairs("ꓮa ꓐb ꓚc ꓓd ꓰe ꓝf ꓖg ꓧh ꓲi ꓙj ꓗk ꓡl ꓟm ꓠn ꓳo ꓑp ꓣr ꓢs ꓔt ꓴu ꓦv ꓪw ꓫx ꓬy ꓜz"),
    # Latin: small capitals, and letters that look like others
    **_pairs("ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa ɡg ıi ǀl ꞁl ƽs ƅb"),
    ord("|"): "l",
    # Letters that nobody sees
    **dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5)),
}
# In a word that has letters too: "W0rld", "Un1cef".
DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})
